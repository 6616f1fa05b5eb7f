package dev.sdlora.libtorch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.ProgramArchive;
import dev.sdlora.tensors.torch.TorchEngine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The second engine with one GPU: libtorch's device {@code meta}, whose tensors have shapes and
 * dtypes but no numbers. An operation on tensors of two devices fails as on a real one. Reading a
 * tensor gives bytes of 1, small finite numbers.
 */
public final class MetaEngine implements TorchEngine {
  private static final String GPU = "gpu0";
  private static final Pattern OPERATORS =
      Pattern.compile(
          "torch\\.(embedding|index_select|group_norm|layer_norm|where|equal|complex|abs|isfinite|conv2d|scaled_dot_product_attention)\\(");

  private static final String READ = "float(torch.min(t)) == float(torch.max(t))";

  private static final String DOUBLES = "torch.to(t, torch.device(\"cpu\"), 7)";

  private static final String SAME_SHAPES =
      """

      def meta_embedding(w: Tensor, ids: Tensor) -> Tensor:
        return torch.index(w, [ids])
      def meta_index_select(x: Tensor, dim: int, ids: Tensor) -> Tensor:
        return torch.transpose(torch.index(torch.transpose(x, 0, dim), [ids]), 0, dim)
      def meta_group_norm(x: Tensor, groups: int, w: Tensor, b: Tensor, eps: float) -> Tensor:
        return torch.mul(x, torch.sum(torch.mul(w, b)))
      def meta_layer_norm(x: Tensor, shape: List[int], w: Optional[Tensor]=None, b: Optional[Tensor]=None, eps: float=0.00001) -> Tensor:
        y = x
        if torch.__isnot__(w, None):
          y = torch.mul(y, unchecked_cast(Tensor, w))
        if torch.__isnot__(b, None):
          y = torch.add(y, unchecked_cast(Tensor, b))
        return torch.to(y, x.dtype)
      def meta_equal(a: Tensor, b: Tensor) -> bool:
        return torch.eq(torch.numel(torch.add(a, b)), torch.numel(a))
      def meta_complex(a: Tensor, b: Tensor) -> Tensor:
        return torch.view_as_complex(torch.stack([a, b], -1))
      def meta_abs(x: Tensor) -> Tensor:
        return torch.mul(x, x)
      def meta_isfinite(x: Tensor) -> Tensor:
        return torch.eq(x, x)
      def meta_conv2d(x: Tensor, w: Tensor, b: Optional[Tensor]=None, stride: List[int]=[1, 1], pad: List[int]=[0, 0], dilation: List[int]=[1, 1], groups: int=1) -> Tensor:
        h = torch.add(torch.floordiv(torch.size(x, 2) + 2 * pad[0] - torch.size(w, 2), stride[0]), 1)
        v = torch.add(torch.floordiv(torch.size(x, 3) + 2 * pad[1] - torch.size(w, 3), stride[1]), 1)
        y = torch.matmul(torch.reshape(torch.sum(x), [1, 1]), torch.reshape(torch.sum(w), [1, 1]))
        if torch.__isnot__(b, None):
          y = torch.matmul(y, torch.reshape(torch.sum(unchecked_cast(Tensor, b)), [1, 1]))
        return torch.contiguous(torch.expand(torch.reshape(y, [1, 1, 1, 1]), [torch.size(x, 0), torch.size(w, 0), h, v]))
      def meta_where(some: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return torch.add(torch.mul(a, some), b)
      def meta_scaled_dot_product_attention(q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]=None, p: float=0., causal: bool=False, scale: Optional[float]=None) -> Tensor:
        weights = torch.matmul(q, torch.transpose(k, -2, -1))
        if torch.__isnot__(mask, None):
          weights = torch.mul(weights, torch.to(unchecked_cast(Tensor, mask), weights.dtype))
        return torch.matmul(torch.softmax(weights, -1), v)
      """;

  private final LibtorchEngine libtorch = new LibtorchEngine();

  @Override
  public String name() {
    return "meta";
  }

  @Override
  public boolean isPresent() {
    return false;
  }

  @Override
  public List<String> devices() {
    return List.of(GPU, "cpu");
  }

  @Override
  public String cure(String device) {
    return "tests have no more";
  }

  @Override
  public void start() {
    libtorch.start();
  }

  @Override
  public String libtorch() {
    return libtorch.libtorch();
  }

  @Override
  public NDManager open(String device) {
    return device.equals(GPU) ? new Manager(LibtorchManager.root()) : libtorch.open(device);
  }

  @Override
  public Script compile(byte[] archive) {
    return libtorch.compile(withMetaKernels(archive));
  }

  /** Replaces operators that have no kernel for the device by others with the same shapes. */
  private static byte[] withMetaKernels(byte[] archive) {
    String code = "";
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().endsWith(".py")) {
          code = new String(zip.readAllBytes(), StandardCharsets.UTF_8);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String all =
        OPERATORS
                .matcher(code)
                .replaceAll("__torch__.meta_$1(")
                .replace(READ, "True")
                .replace(DOUBLES, "torch.zeros(torch.size(t), dtype=7)")
            + SAME_SHAPES;
    int functions = all.indexOf("\ndef ");
    String methods = functions < 0 ? all : all.substring(0, functions + 1);
    return ProgramArchive.of(
        "meta",
        methods.substring(methods.indexOf("  def ")),
        functions < 0 ? "" : all.substring(functions + 1));
  }

  @Override
  public Dictionary dictionary(Map<String, NDArray> tensors) {
    return libtorch.dictionary(tensors);
  }

  @Override
  public void returnFreedMemory() {
    // There is none.
  }

  @Override
  public int threads() {
    return libtorch.threads();
  }

  @Override
  public void setThreads(int threads) {
    libtorch.setThreads(threads);
  }

  private static final class Manager extends LibtorchManager {
    Manager(NDManager parent) {
      super(parent, Device.of("meta", -1));
    }

    @Override
    public LibtorchManager newSubManager(Device place) {
      return place.equals(Device.cpu()) ? super.newSubManager(place) : adopted(new Manager(this));
    }

    @Override
    LibtorchArray own(Tensor tensor, @Nullable Buffer memory) {
      return new Array(this, tensor);
    }
  }

  private static final class Array extends LibtorchArray {
    Array(LibtorchManager manager, Tensor tensor) {
      super(manager, tensor, null);
    }

    @Override
    public ByteBuffer toByteBuffer(boolean tryDirect) {
      byte[] ones = new byte[Math.toIntExact(size() * getDataType().getNumOfBytes())];
      Arrays.fill(ones, (byte) 1);
      return ByteBuffer.wrap(ones).order(ByteOrder.nativeOrder());
    }
  }
}
