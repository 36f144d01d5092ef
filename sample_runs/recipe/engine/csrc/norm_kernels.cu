// Kernels of the residual stream: sum and root mean square normalisation.
#include <cuda_runtime.h>
#include <torch/extension.h>

namespace minnow {

constexpr int kWarpSize = 32;
constexpr int kMaxThreads = 1024;

__device__ __forceinline__ float warp_sum(float value) {
  for (int offset = kWarpSize / 2; offset > 0; offset /= 2) {
    value += __shfl_xor_sync(0xffffffff, value, offset);
  }
  return value;
}

// The sum over all threads of a block, known to each of them.
__device__ float block_sum(float value) {
  __shared__ float partial[kWarpSize];
  const int lane = threadIdx.x % kWarpSize;
  const int warp = threadIdx.x / kWarpSize;
  value = warp_sum(value);
  if (lane == 0) {
    partial[warp] = value;
  }
  __syncthreads();
  const int warps = (blockDim.x + kWarpSize - 1) / kWarpSize;
  value = lane < warps ? partial[lane] : 0.0f;
  return warp_sum(value);
}

template <typename scalar_t>
__global__ void add_kernel(scalar_t* __restrict__ out,
                           const scalar_t* __restrict__ x,
                           const scalar_t* __restrict__ y,
                           const int64_t count) {
  const int64_t i = blockIdx.x * static_cast<int64_t>(blockDim.x) + threadIdx.x;
  if (i < count) {
    out[i] = static_cast<scalar_t>(static_cast<float>(x[i]) + static_cast<float>(y[i]));
  }
}

// One block a row.
template <typename scalar_t>
__global__ void rms_norm_kernel(scalar_t* __restrict__ out,
                                const scalar_t* __restrict__ x,
                                const scalar_t* __restrict__ weight,
                                const float eps,
                                const int size) {
  const scalar_t* row = x + blockIdx.x * static_cast<int64_t>(size);
  scalar_t* out_row = out + blockIdx.x * static_cast<int64_t>(size);
  float squares = 0.0f;
  for (int i = threadIdx.x; i < size; i += blockDim.x) {
    const float value = static_cast<float>(row[i]);
    squares += value * value;
  }
  const float scale = rsqrtf(block_sum(squares) / size + eps);
  for (int i = threadIdx.x; i < size; i += blockDim.x) {
    const float value = static_cast<float>(row[i]) * scale;
    out_row[i] = static_cast<scalar_t>(value * static_cast<float>(weight[i]));
  }
}

void add(torch::Tensor& out, const torch::Tensor& x, const torch::Tensor& y) {
  const int64_t count = x.numel();
  const int threads = 256;
  const int blocks = static_cast<int>((count + threads - 1) / threads);
  AT_DISPATCH_FLOATING_TYPES_AND2(
      at::kHalf, at::kBFloat16, x.scalar_type(), "add", [&] {
        add_kernel<scalar_t><<<blocks, threads>>>(
            out.data_ptr<scalar_t>(), x.data_ptr<scalar_t>(), y.data_ptr<scalar_t>(), count);
      });
}

void rms_norm(torch::Tensor& out, const torch::Tensor& x, const torch::Tensor& weight,
              double eps) {
  const int size = static_cast<int>(x.size(-1));
  const int rows = static_cast<int>(x.numel() / size);
  const int threads = std::min(size, kMaxThreads);
  AT_DISPATCH_FLOATING_TYPES_AND2(
      at::kHalf, at::kBFloat16, x.scalar_type(), "rms_norm", [&] {
        rms_norm_kernel<scalar_t><<<rows, threads>>>(
            out.data_ptr<scalar_t>(), x.data_ptr<scalar_t>(), weight.data_ptr<scalar_t>(),
            static_cast<float>(eps), size);
      });
}

}  // namespace minnow

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  m.def("add", &minnow::add, "out = x + y");
  m.def("rms_norm", &minnow::rms_norm, "out = weight * x / rms(x)");
}
