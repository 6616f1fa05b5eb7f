package dev.sdlora.pipeline.make.weights;

import dev.sdlora.api.make.FileFormat;
import dev.sdlora.pipeline.make.tensors.StoredTensor;
import dev.sdlora.tensors.number.BlockType;
import dev.sdlora.tensors.number.DType;
import java.util.List;
import java.util.Optional;

/**
 * Decides which tensors are quantised, and how the others are stored, as ComfyUI-GGUF's tools,
 * stable-diffusion.cpp and ComfyUI do.
 *
 * @param format the format of the large weights; empty to keep all dtypes of a safetensors file
 * @param gguf whether the file is a GGUF file
 * @param architecture the network, if it is known
 * @param whole whether there are several networks in the file
 */
record ConversionLayout(
    Optional<FileFormat> format, boolean gguf, Optional<Architecture> architecture, boolean whole) {
  private static final String WEIGHT = ".weight";

  /** Tensors of at most this number of elements are not quantised. */
  private static final long SMALL = 1024;

  /** Tensors of at least this number of elements are flattened. */
  private static final long FLATTENED = 512;

  private static final long FLAT_ROW = 256;

  /** Tables of vectors, one for each word or position. */
  private static final List<String> TABLES = List.of("embedding", "embed_tokens", "shared.weight");

  /**
   * Returns how a tensor is stored.
   *
   * @param name its name in the new file
   * @param largest the largest magnitude of its values, needed for a few tensors
   */
  ConvertedTensor of(StoredTensor tensor, String name, LargestMagnitude largest) {
    if (format.isEmpty()) {
      return ConvertedTensor.plain(tensor, name, tensor.shape(), tensor.format());
    }
    if (!tensor.isFloating()) {
      return ConvertedTensor.plain(tensor, name, tensor.shape(), integers(tensor.format()));
    }
    if (gguf) {
      return inBlocks(tensor, name, largest);
    }
    FileFormat wanted = format.get();
    DType eight = wanted == FileFormat.INT8 ? DType.I8 : DType.F8_E4M3;
    boolean scaled = wanted == FileFormat.INT8 || wanted == FileFormat.FP8_SCALED;
    boolean large = isLarge(tensor, ConversionSource.withoutPrefix(name));
    if (scaled && large && tensor.shape().size() == 2 && !isTable(name)) {
      return ConvertedTensor.scaled(tensor, eight);
    }
    DType dtype = wanted == FileFormat.FP8 && large ? eight : wide(tensor);
    return ConvertedTensor.plain(tensor, name, tensor.shape(), dtype);
  }

  private DType integers(DType own) {
    if (!gguf || (own != DType.U8 && own != DType.BOOL)) {
      return own;
    }
    return own == DType.U8 ? DType.I16 : DType.I8;
  }

  /** Returns the dtype of a tensor that is not quantised. */
  private DType wide(StoredTensor tensor) {
    return switch (format.orElseThrow()) {
      case F16 -> DType.F16;
      case BF16 -> DType.BF16;
      default -> tensor.format() == DType.F64 ? DType.F32 : tensor.format();
    };
  }

  private ConvertedTensor inBlocks(StoredTensor tensor, String name, LargestMagnitude largest) {
    List<Long> shape = shape(tensor);
    if (tensor.shape().size() < 2 || tensor.elements() <= SMALL) {
      return ConvertedTensor.plain(tensor, name, shape, DType.F32);
    }
    Optional<BlockType> wanted = block();
    boolean matrix = shape.size() == 2 || whole;
    if (wanted.isEmpty() || !matrix || !isLarge(tensor, ConversionSource.withoutPrefix(name))) {
      return ConvertedTensor.plain(tensor, name, shape, wide(tensor));
    }
    long row = shape.get(shape.size() - 1);
    return fitting(wanted.get(), row)
        .map(type -> ConvertedTensor.blocks(tensor, name, shape, type))
        .orElseGet(() -> ConvertedTensor.plain(tensor, name, shape, half(tensor, largest)));
  }

  /** Returns float16 for rows without whole blocks, or bfloat16 if their values are too large. */
  private static DType half(StoredTensor tensor, LargestMagnitude largest) {
    if (tensor.format() == DType.F16) {
      return DType.F16;
    }
    return largest.of(tensor) < 65_504 ? DType.F16 : DType.BF16;
  }

  /** Flattens kernels and matrices of a U-Net alone whose rows are not whole blocks. */
  private List<Long> shape(StoredTensor tensor) {
    List<Long> shape = tensor.shape();
    boolean flatten =
        architecture.filter(Architecture::isUNet).isPresent()
            && !whole
            && shape.size() > 1
            && tensor.elements() >= FLATTENED
            && tensor.elements() % FLAT_ROW == 0
            && shape.get(shape.size() - 1) % FLAT_ROW != 0;
    return flatten ? List.of(tensor.elements() / FLAT_ROW, FLAT_ROW) : shape;
  }

  /** Whether a tensor is quantised if its shape allows it. */
  private boolean isLarge(StoredTensor tensor, String name) {
    boolean isTableOfCheckpoint = whole && isTable(name);
    return name.endsWith(WEIGHT)
        && tensor.shape().size() > 1
        && tensor.elements() > SMALL
        && !ConversionSource.isOfVae(name)
        && !isTableOfCheckpoint
        && architecture.filter(known -> !known.keepsWide(name)).isPresent()
        && !(whole && Architecture.T5.keepsWide(name));
  }

  private static boolean isTable(String name) {
    return TABLES.stream().anyMatch(name::contains);
  }

  private Optional<BlockType> block() {
    return format
        .filter(wanted -> wanted != FileFormat.F16 && wanted != FileFormat.BF16)
        .map(wanted -> BlockType.valueOf(wanted.name()));
  }

  /** Returns the type, or blocks of 32 elements of about the same size, if rows have whole ones. */
  private static Optional<BlockType> fitting(BlockType type, long row) {
    BlockType smaller =
        switch (type) {
          case Q2_K, Q3_K -> BlockType.Q4_0;
          case Q4_K -> BlockType.Q5_0;
          case Q5_K -> BlockType.Q5_1;
          case Q6_K -> BlockType.Q8_0;
          default -> type;
        };
    return List.of(type, smaller).stream().filter(each -> row % each.elements() == 0).findFirst();
  }

  /** Finds the largest magnitude of a tensor, which reads it. */
  @FunctionalInterface
  interface LargestMagnitude {
    float of(StoredTensor tensor);
  }
}
