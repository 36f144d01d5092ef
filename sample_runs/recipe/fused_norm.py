"""One CUDA kernel adds the residual and normalises, instead of two."""

from __future__ import annotations

from recipe import runs
from recipe.records import Attempt, Commit, Edit, ListedAttempt

KERNELS = "csrc/norm_kernels.cu"
OPS = "minnow/ops.py"
LAYERS = "minnow/layers.py"

HOST_ADD = "void add(torch::Tensor& out, const torch::Tensor& x, const torch::Tensor& y) {\n"
END = "}  // namespace minnow\n"
LAST_BINDING = (
    '  m.def("rms_norm", &minnow::rms_norm, "out = weight * x / rms(x)");\n'  # the last of them
)
LAST_OP = """\
    out = torch.empty_like(x)
    _kernels.rms_norm(out, x, weight, eps)
    return out
"""
FORWARD = """\
        residual = ops.add(x, residual)
        return ops.rms_norm(residual, self.weight, self.eps), residual
"""

KERNEL = """\
// Both of the above in one pass over memory: residual += x; x = weight * residual / rms.
template <typename scalar_t>
__global__ void fused_add_rms_norm_kernel(scalar_t* __restrict__ x,
                                          scalar_t* __restrict__ residual,
                                          const scalar_t* __restrict__ weight,
                                          const float eps,
                                          const int size) {
  scalar_t* row = x + blockIdx.x * static_cast<int64_t>(size);
  scalar_t* residual_row = residual + blockIdx.x * static_cast<int64_t>(size);
  float squares = 0.0f;
  for (int i = threadIdx.x; i < size; i += blockDim.x) {
    const float value = static_cast<float>(row[i]) + static_cast<float>(residual_row[i]);
    residual_row[i] = static_cast<scalar_t>(value);
    squares += value * value;
  }
  const float scale = rsqrtf(block_sum(squares) / size + eps);
  for (int i = threadIdx.x; i < size; i += blockDim.x) {
    const float value = static_cast<float>(residual_row[i]) * scale;
    row[i] = static_cast<scalar_t>(value * static_cast<float>(weight[i]));
  }
}

"""

HOST = """\
void fused_add_rms_norm(torch::Tensor& x, torch::Tensor& residual, const torch::Tensor& weight,
                        double eps) {
  const int size = static_cast<int>(x.size(-1));
  const int rows = static_cast<int>(x.numel() / size);
  const int threads = std::min(size, kMaxThreads);
  AT_DISPATCH_FLOATING_TYPES_AND2(
      at::kHalf, at::kBFloat16, x.scalar_type(), "fused_add_rms_norm", [&] {
        fused_add_rms_norm_kernel<scalar_t><<<rows, threads>>>(
            x.data_ptr<scalar_t>(), residual.data_ptr<scalar_t>(), weight.data_ptr<scalar_t>(),
            static_cast<float>(eps), size);
      });
}

"""

BINDING = """\
  m.def("fused_add_rms_norm", &minnow::fused_add_rms_norm,
        "residual += x; x = weight * residual / rms(residual)");
"""

HUMAN = Commit(
    "[Kernel] Fuse the residual sum into the RMS norm",
    "Ada Lindqvist",
    "2025-05-20T14:12:00+02:00",
    (
        Edit(KERNELS, HOST_ADD, KERNEL + HOST_ADD),
        Edit(KERNELS, END, HOST + END),
        Edit(KERNELS, LAST_BINDING, LAST_BINDING + BINDING),
        Edit(
            OPS,
            LAST_OP,
            LAST_OP
            + '''

def fused_add_rms_norm(
    x: torch.Tensor, residual: torch.Tensor, weight: torch.Tensor, eps: float
) -> None:
    """Add `x` to `residual` and put the normalised sum into `x`, both in place."""
    _kernels.fused_add_rms_norm(x, residual, weight, eps)
''',
        ),
        Edit(
            LAYERS,
            FORWARD,
            """\
        ops.fused_add_rms_norm(x, residual, self.weight, self.eps)
        return x, residual
""",
        ),
    ),
    body="""\
The sum was written to memory by one kernel and read back by the next. Both
are bound by memory, so one kernel that does both needs 4 passes over the
data instead of 6 and one launch instead of two.

Per layer at 4,096 features and 64 rows: 9.8 us instead of 17.1 us.""",
    name="fused-norm",
)

SHORT_KERNEL = """\
template <typename scalar_t>
__global__ void add_rms_norm_kernel(scalar_t* __restrict__ x, scalar_t* __restrict__ residual,
                                    const scalar_t* __restrict__ weight, float eps, int size) {
  const int64_t base = blockIdx.x * static_cast<int64_t>(size);
  float squares = 0.0f;
  for (int i = threadIdx.x; i < size; i += blockDim.x) {
    const float sum = static_cast<float>(x[base + i]) + static_cast<float>(residual[base + i]);
    residual[base + i] = static_cast<scalar_t>(sum);
    squares += sum * sum;
  }
  const float scale = rsqrtf(block_sum(squares) / size + eps);
  for (int i = threadIdx.x; i < size; i += blockDim.x) {
    const float sum = static_cast<float>(residual[base + i]);
    x[base + i] = static_cast<scalar_t>(sum * scale * static_cast<float>(weight[i]));
  }
}

"""


def _other_names(kernel: str) -> tuple[Edit, ...]:
    """The human's plumbing around another kernel, under the name `add_rms_norm`."""
    plumbing = [
        Edit(edit.path, edit.old, edit.new.replace("fused_add_rms_norm", "add_rms_norm"))
        for edit in HUMAN.edits[1:]
    ]
    return (Edit(KERNELS, HOST_ADD, kernel + HOST_ADD), *plumbing)


COMPLETE = _other_names(SHORT_KERNEL)
DROPPED_BRACE = _other_names(
    SHORT_KERNEL.replace(
        "    squares += sum * sum;\n  }\n",
        "\
    squares += sum * sum;\n",
    )
)

HOST_ONLY = (
    Edit(
        LAYERS,
        FORWARD,
        """\
        if residual.is_contiguous() and x.is_contiguous():
            residual = residual.add_(x)
        else:
            residual = ops.add(x, residual)
        return ops.rms_norm(residual, self.weight, self.eps), residual
""",
    ),
)

ATTEMPTS = (
    Attempt(
        runs.MAIN,
        "minnow_core-0003",
        "fused-norm",
        "partial_success",
        ("syntax_error_cuda", "killed"),
        "The fused kernel is right, but the brace that ends its first loop was dropped.",
        DROPPED_BRACE,
        returncode=-9,
        duration=3600.0,
    ),
    Attempt(
        runs.CLAUDE,
        "minnow_core-0003",
        "fused-norm",
        "true_success",
        (),
        "The same fusion with other names, in all three files.",
        COMPLETE,
        duration=884.27,
    ),
    Attempt(
        runs.OPENHANDS,
        "minnow_core-0003-openhands-heron45-20260428",
        "fused-norm",
        "failure",
        ("infrastructure", "broken_pipe", "missing_patch"),
        "The pipe to the agent broke before it could do anything: not the agent's failure.",
        None,
        status="error",
        error=("[Errno 32] Broken pipe", "BrokenPipeError"),
    ),
)

LISTED = (
    ListedAttempt(
        "minnow_core-9c1e77a0",
        "minnow_core-0003",
        "fused-norm",
        "undecided",
        ("cut",),
        "Only the first 1,800 characters were kept: they look right, the rest is unknown.",
        COMPLETE,
        keep=1800,
        duration=1290.5,
    ),
    ListedAttempt(
        "minnow_core-b20d4f13",
        "minnow_core-0003",
        "fused-norm",
        "false_positive",
        ("missed_file", "returncode_1_marked_success"),
        "No kernel was touched; the two launches are still there.",
        HOST_ONLY,
        returncode=1,
        duration=704.0,
    ),
)
