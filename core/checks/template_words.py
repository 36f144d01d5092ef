"""The words of template code: placeholder names, and remarks in place of code.

Each pattern was tested on some hundred human commits; what people write there is left out.
"""

from __future__ import annotations

import re

from core.late_patterns import LatePattern

_THING = (
    r"(?:function|func|method|class|module|variable|var|value|param|parameter|argument|arg|object"
    r"|obj|attribute|attr|tensor|tensor_attribute|operation|op|condition|data|input|output|result"
    r"|list|dict|array|buffer|cache|kernel|model|layer|helper|code|logic|implementation|thing|key"
    r"|item|field|name|path|file|table|config|option|setting|flag|step|task|work|computation"
    r"|calculation|processing|process|loop|state|response|batch)s?"
)
_CODE = r"(?:function|func|method|class|module|implementation|code|logic|kernel|helper|operation)"
_BETTER = r"(?:optimi[sz]ed|optimi[sz]e|improved|enhanced|faster|efficient|accelerated)"
_PLACEHOLDER = LatePattern(
    rf"_*(?:(?:some|another|any|your|my|example|generic|hypothetical)_(?:\w+_)?{_THING}"
    rf"|(?:placeholder|mock)_(?:\w+_)?{_THING}|your_\w+|hypothetical_\w+"
    rf"|(?:helper|my|example|sample|dummy)_{_CODE}(?:_\d+)?"
    r"|(?:my|your)_(?:optimi[sz]ed|fast|custom)_\w+|foobar|foo_bar|do_something(?:_\w+)?|some_stuff"
    rf"|{_BETTER}_(?:{_THING}|tensor_allocation|memory_allocation|allocation|version|performance"
    r"|compute|forward_pass|execution|memory|memory_usage|everything|me|tensor_operations)"
    r"|improve_performance|apply_optimi[sz]ations?|perform_optimi[sz]ations?|performance_helper)",
    re.IGNORECASE,
)
_PLACEHOLDER_CLASS = LatePattern(
    r"(?:My|Your|Example|Placeholder|Generic|Optimi[sz]ed|Improved|Enhanced|Fast|Efficient)+"
    r"(?:Class|Function|Processor|Cache|Model|Kernel|Helper|Manager|Handler|Implementation|Operation"
    r"|Tensor|Data|Object|Engine|Layer|Mixin|Wrapper|Computation|Code|Version)s?"
    r"|(?:Performance|Memory|Code|Placeholder)Optimi[sz]er|Your[A-Z]\w+"
    r"|Optimi[sz]ation(?:Config|Settings|Manager|Helper|Utils|Mixin)"
)
EMPTY_NAME = LatePattern(
    rf"\s*(?:async )?(?:def (_*(?:{_BETTER}_\w+|\w+_(?:optimi[sz]ed|improved|enhanced)"
    r"|foo|bar|baz|func|function|helper))\b"
    r"|class ((?:Optimi[sz]ed|Improved|Enhanced|Faster|Efficient|Mock)[A-Z]\w+))"
)
"""Definitions whose name only says that they are better, or that they exist."""
IDLE_NAME = LatePattern(r"\s*(_*(?:dummy|mock|example|unused)(?:_\w+)?)\s*(?::[^=]*)? = ")
"""An assignment to a name that says that its value means nothing."""

EXAMPLE = LatePattern(
    r"(?:example|sample)\s+(?:of\s+)?(?:usage|use(?! cases?)|call|invocation|implementation)\b"
    r"|usage\s+example|how to use this|demonstrat(?:es?|ing) (?:the |how )?(?:optimi[sz]\w+|usage)"
    r"|show(?:s|ing)? how to (?:use|call|implement|optimi[sz]e)",
    re.IGNORECASE,
)
EXAMPLE_HEADING = LatePattern(r"\s*(?:#+|//+)\s*(?:usage|examples?)\s*:\s*", re.IGNORECASE)

_HERE = r"\b(?:here|below|above|code|logic|implementation)\b"
_OPTIMISED = r"(?:optimi[sz]ed|optimi[sz]ations?)"
_CODE_NOUN = (
    r"(?:implementation|code|logic|body|function|method|class|kernel|helper|module|script"
    r"|version)s?"
)
BOILERPLATE = LatePattern(
    "|".join(
        (
            # what should be written, and where
            r"(?:add|put|insert|place|write|implement|fill in|define|provide|include) "
            rf"(?:your|the actual|the real|actual|real|more|custom|an?|the|any)? ?(?:{_OPTIMISED}"
            rf"|your|actual|real|more|custom|own|additional|processing)\b.{{0,60}}{_HERE}",
            r"(?:add|put|insert|place|write|implement|define) "
            rf"(?:your|the actual|the real|actual|more)\b.{{0,60}}{_HERE}",
            r"(?:optimi[sz]ation|optimi[sz]ed|implementation|implement|actual|real|your|additional"
            r"|rest of the)\b.{0,30}\b(?:goes|go) here",
            r"(?:insert|put|place) .{0,30}(?:code|logic|implementation|optimi[sz]ations?) here",
            r"where (?:the |your )?(?:optimi[sz]ation|optimi[sz]ed code|logic|magic)s?"
            r" (?:would|should|will|could|goes|happens)",
            r"fill in (?:the |your )?(?:actual|real|logic|details|implementation|missing|blanks?)",
            r"todo\W{0,3}(?:add|apply) (?:the |some |more )?optimi[sz]ations?\b",
            r"(?:todo|fixme)\b.{0,20}\b(?:implement|complete|fill in)\b.{0,40}"
            r"\b(?:optimi[sz]ation|logic|actual|real)\b",
            r"^\W*todo\W{1,3}(?:implement|complete|finish|write|fill in"
            r"|optimi[sz]e (?:this|it|here))"
            r"(?: (?:this|me|it|here|function|method|later))*[\s.!)\"']*$",
            # the reader's own code
            r"\byour (?:own|actual|code|logic|implementation|optimi[sz]\w+|function|docstring"
            r"|use case|codebase)\b",
            r"<your\s[^>]*>|\[your\s[^\]]*\]",
            r"\byou (?:can|could|should|may|might|would|(?:will )?need to|must) (?:replace|modify"
            r"|adjust|customi[sz]e|add|implement|extend|adapt|fill|insert|put)\b",
            # what it is instead of the real thing
            r"\b(?:in|for) (?:a|an|the) (?:real|production|actual|full)(?:[- ]world)? "
            r"(?:implementation|scenario|system|code|application|setting|version)",
            r"\bin (?:practice|reality|production),? (?:this|you|we|it|one)"
            r" (?:would|should|might|could|may)\b",
            r"\b(?:full|complete|proper|real|actual|production|realistic)(?:[- ](?:ready|grade))?"
            rf" {_CODE_NOUN} (?:would|should|might|could|may|needs?|requires?)\b",
            r"(?:for|as) (?:demonstration|illustration|illustrative|demo) purposes",
            r"this is (?:just |only |currently )?(?:a|an) (?:placeholder|stub|template|simplified"
            r"|mock|dummy)\b|this is (?:just|only) an example",
            r"\bplaceholder (?:for (?:now|(?:the |an? )?(?:now|future|actual|real|optimi\w+))"
            r"|implementation|function|code|logic|value|optimi[sz]ation|attribute|method|class)",
            rf"\b(?:{_OPTIMISED}|path|flag|attribute|{_CODE_NOUN}) placeholder\b",
            r"^\W*placeholder\W*$",
            r"\boptimi[sz]ed \w+ (?:is )?not (?:yet )?implemented\b",
            r"\((?:stub|placeholder)\)|\bstub (?:implementation|method|function|for now)",
            rf"^\W*(?:simulat(?:ed?|ing|es)|mock|dummy) (?:the |an? |some )?(?:{_OPTIMISED}"
            r"|inference|comput\w+|processing|work|response|behaviou?r|kernel|operation|latency"
            r"|benchmark|result)\b",
            rf"\b(?:dummy|mock|template|hypothetical) {_CODE_NOUN}\b",
            r"\b(?:example|demo) (?:function|method|class|helper|implementation|code)s?\b",
            r"\bmock (?:tensor|object|response|output|data)s?\b|\bhypothetical\b",
            r"\bsimplified (?:version|implementation|example)|\bnaive placeholder\b",
            r"^\W*assum(?:e|ing) (?:that )?(?:there (?:is|are|exists)|self has|it has"
            r"|an? \w+ (?:named|called|attribute|exists|is available))",
            r"\b(?:adjust|adapt|modify|change|rename) [^.]{0,40}"
            r"\b(?:as (?:needed|necessary|required|appropriate)|your|the (?:actual|real) name)\b",
            r"\breplace (?:this|it|these|them|me)? ?with (?:your|the|an?)? ?(?:actual|real|own)",
            r"\breplace (?:the following|this|these|me)\b[^.]{0,30}\bwith\b",
            r"\b(?:should|must|will|would|can|to) be replaced (?:with|by|later)\b",
            # what is left out
            r"(?:rest|remainder) of (?:the )?(?:code|file|function|class|implementation|method)",
            r"\.\.\. ?\(?(?:existing|rest|other|remaining|previous|original)\b",
            r"existing code (?:here|remains|unchanged)",
            rf"^\W*(?:existing|original|previous) {_CODE_NOUN}"
            r"(?: (?:goes |stays )?(?:here|unchanged|remains|continues))*\W*$",
            r"(?:other|remaining) (?:methods|functions|code) (?:remain|unchanged|here|stay)",
            rf"\b{_CODE_NOUN}(?: details?)? (?:is |are )?(?:omitted|elided|not shown|left out)",
            # praise without a subject
            r"^\W*(?:an? |the )?(?:optimi[sz]ed|improved|faster|efficient|enhanced"
            r"|high[- ]performance|memory[- ]efficient) (?:version|variant|function|method|helper"
            r"|utilit(?:y|ies)|code|path|implementation|handler|wrapper|module)s?\b",
            r"^(?:performance )?optimi[sz]ation: (?:cache|reuse|reduce|improve) \w+\W*$",
            r"optimi[sz]ation: (?:use|remove|avoid|replace|cache|reduce|apply)\b.{0,60}"
            r"\b(?:where applicable|where possible|if applicable|when possible|unnecessary"
            r"|as needed)",
            r"\b(?:use|apply) .{0,40}\b(?:where applicable|wherever possible)\b",
            r"(?:various|generic|general(?:-purpose)?) (?:performance )?optimi[sz](?:ations?|er)\b",
            r"^\W*step \d+\W+(?:identify|apply|verify|optimi[sz]e|measure|analy[sz]e|implement)\b",
            r"^\W*(?:cached|memoi[sz]ed) (?:version|wrapper|variant)\b",
            r"\bdrop-in replacement for the (?:original|existing|old)\b",
        )
    ),
    re.IGNORECASE,
)


def is_placeholder(word: str) -> bool:
    """Is a name only a placeholder?"""
    return bool(
        _PLACEHOLDER.compiled.fullmatch(word) or _PLACEHOLDER_CLASS.compiled.fullmatch(word)
    )
