package dev.sdlora.tensors.file.gguf;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.QuantisedTensor;
import dev.sdlora.tensors.entry.TensorContents;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.io.TensorFileErrors;
import dev.sdlora.tensors.number.BlockType;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Parses the header of a GGUF file, as llama.cpp, ComfyUI-GGUF and stable-diffusion.cpp write it,
 * and checks it against the size of the file. The rules are those of ggml: version 3, unique names,
 * at most 4 dimensions, rows of whole blocks, and tensors one after the other without gaps, each
 * aligned. ComfyUI-GGUF flattens some tensors; their shapes in the metadata replace the stored
 * ones.
 */
final class GgufParser {
  private static final int VERSION = 3;

  /** Language models have about 40 pairs, flattened tensors one each. */
  private static final int MAX_PAIRS = 5000;

  /** The maximum total length of all names of tensors. */
  private static final int MAX_NAMES_LENGTH = 200 * TensorContents.MAX_TENSORS;

  private static final int MAX_DIMENSIONS = 4;

  private final Path path;
  private final GgufInput input;
  private final long fileSize;
  private final GgufMetadata metadata;
  private final List<Info> infos = new ArrayList<>();

  private GgufParser(Path path, FileChannel channel, long fileSize, int most) {
    this.path = path;
    this.input = new GgufInput(path, channel, fileSize, most);
    this.metadata = new GgufMetadata(input);
    this.fileSize = fileSize;
  }

  /** A tensor as the header describes it; the offset counts from the start of the data. */
  private record Info(String name, GgufType type, List<Long> shape, long offset) {}

  /**
   * The tensors of a file.
   *
   * @param dataStart the offset in bytes where the header ends and the tensors begin
   * @param metadata the metadata pairs
   * @param tensors the tensors by name, in the order of their data
   * @param quantised those in blocks
   * @param headLength the length of the header in bytes
   */
  record Contents(
      long dataStart,
      Map<String, String> metadata,
      Map<String, TensorEntry> tensors,
      List<QuantisedTensor> quantised,
      int headLength) {
    Contents {
      metadata = Collections.unmodifiableMap(metadata);
      tensors = Collections.unmodifiableMap(tensors);
      quantised = List.copyOf(quantised);
    }
  }

  /**
   * Parses and checks a header.
   *
   * @param most the maximum length of the header in bytes
   * @throws TensorFileException if the header is invalid, or a tensor has a format that cannot be
   *     read
   */
  static GgufParser read(Path path, FileChannel channel, long fileSize, int most)
      throws IOException {
    GgufParser parser = new GgufParser(path, channel, fileSize, most);
    parser.read();
    return parser;
  }

  /** Returns the metadata pairs in file order. */
  Map<String, String> metadata() {
    return metadata.pairs();
  }

  /** Returns the original shapes of tensors that were flattened, in this file or another part. */
  Map<String, List<Long>> shapes() {
    return metadata.shapes();
  }

  /** Returns the length of the header in bytes. */
  long headLength() {
    return input.position();
  }

  /** Returns the offset in bytes where the tensors begin. */
  long dataStart() {
    return aligned(input.position());
  }

  private void read() throws IOException {
    input.skip(1, Integer.BYTES, "its signature");
    int version = input.int32();
    if (version != VERSION) {
      throw input.error(
          Integer.reverseBytes(version) == VERSION
              ? "is a GGUF file for big-endian machines, expected little-endian"
              : "is a GGUF file of version %s, expected version %s%s"
                  .formatted(
                      Integer.toUnsignedString(version),
                      VERSION,
                      version == 1 || version == 2
                          ? "; convert it with a current version of llama.cpp"
                          : ""));
    }
    long tensors = count(TensorContents.MAX_TENSORS, "tensors");
    long pairs = count(MAX_PAIRS, "pairs of metadata");
    metadata.read(pairs);
    Set<String> names = new HashSet<>();
    int namesLength = 0;
    for (long i = 0; i < tensors; i++) {
      Cancellation.check();
      Info info = info();
      if (!names.add(info.name())) {
        throw damaged(info.name(), "occurs twice");
      }
      namesLength += info.name().length();
      if (namesLength > MAX_NAMES_LENGTH) {
        throw input.error(
            "has names of tensors with more than %s characters in all, which no model needs"
                .formatted(MAX_NAMES_LENGTH));
      }
      infos.add(info);
    }
    infos.sort(Comparator.comparingLong(Info::offset));
  }

  private long count(int most, String what) throws IOException {
    long count = input.int64();
    if (count < 0 || count > most) {
      throw input.damaged(
          "it declares %s %s, expected at most %s"
              .formatted(Long.toUnsignedString(count), what, most));
    }
    return count;
  }

  private Info info() throws IOException {
    String name = input.text(GgufMetadata.MAX_NAME, "the name of a tensor");
    int dimensions = input.int32();
    if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
      throw damaged(
          name,
          "has %s dimensions, expected at most %s"
              .formatted(Integer.toUnsignedString(dimensions), MAX_DIMENSIONS));
    }
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < dimensions; i++) {
      shape.add(input.int64());
    }
    Collections.reverse(shape);
    int number = input.int32();
    GgufType type =
        GgufType.numbered(number)
            .orElseThrow(
                () ->
                    TensorFileErrors.tensorError(
                        path,
                        name,
                        "has tensor '%s' in the format %s, which is not supported; expected one of %s"
                            .formatted(name, GgufType.name(number), GgufType.names())));
    return new Info(name, type, shape, input.int64());
  }

  /**
   * Checks the places of the tensors, and returns them.
   *
   * @param begin the number of bytes before this file, if it is a part of several
   * @param shapes the original shapes of tensors that were flattened
   * @throws TensorFileException if a place or a shape is impossible
   */
  Contents contents(long begin, Map<String, List<Long>> shapes) {
    long dataStart = dataStart();
    Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    List<QuantisedTensor> quantised = new ArrayList<>();
    long covered = 0;
    for (Info info : infos) {
      long elements = elements(info);
      long length = length(info, elements);
      requirePlace(info, covered, dataStart, length);
      covered = aligned(info.offset() + length);
      DType dtype = info.type().dtype();
      Optional<BlockType> type = info.type().block();
      long at = begin + dataStart + info.offset();
      List<Long> shape = shape(info, elements, shapes);
      if (type.isPresent()) {
        quantised.add(
            new QuantisedTensor(
                info.name(),
                shape,
                type.get().name(),
                new BlockWidening(type.get(), at),
                Set.of(info.name())));
      }
      tensors.put(
          info.name(), new TensorEntry(info.name(), dtype, shape, at, elements * dtype.bytes()));
    }
    return new Contents(dataStart, metadata.pairs(), tensors, quantised, (int) input.position());
  }

  private long elements(Info info) {
    try {
      DType dtype = info.type().dtype();
      return TensorEntry.byteLength(info.shape(), dtype) / dtype.bytes();
    } catch (IllegalArgumentException e) {
      throw damaged(info.name(), "has an impossible shape: " + e.getMessage());
    }
  }

  /** Returns the length of a tensor in the file in bytes. */
  private long length(Info info, long elements) {
    Optional<BlockType> type = info.type().block();
    if (type.isEmpty()) {
      return elements * info.type().dtype().bytes();
    }
    int block = type.get().elements();
    List<Long> shape = info.shape();
    long row = shape.isEmpty() ? 1 : shape.get(shape.size() - 1);
    if (row % block != 0) {
      throw damaged(
          info.name(),
          "is %s with rows of %s elements, expected a multiple of %s"
              .formatted(type.get(), row, block));
    }
    return elements / block * type.get().bytes();
  }

  private void requirePlace(Info info, long covered, long dataStart, long length) {
    long offset = info.offset();
    if (offset < 0 || offset > fileSize || length > fileSize - dataStart - offset) {
      throw damaged(
          info.name(),
          "has %s bytes at byte %s of the data, but the file has only %s; it was probably cut off"
              .formatted(length, Long.toUnsignedString(offset), fileSize - dataStart));
    }
    if (offset % metadata.alignment() != 0) {
      throw damaged(
          info.name(),
          "begins at byte %s of the data, expected a multiple of %s"
              .formatted(offset, metadata.alignment()));
    }
    if (offset < covered && length > 0) {
      throw damaged(info.name(), "overlaps the tensor before it");
    }
    if (offset > covered) {
      throw damaged(
          info.name(),
          "follows a gap of %s bytes that no tensor covers".formatted(offset - covered));
    }
  }

  /** Returns the shape that ComfyUI-GGUF notes for a flattened tensor, or the stored one. */
  private List<Long> shape(Info info, long elements, Map<String, List<Long>> shapes) {
    List<Long> shape = shapes.get(info.name());
    if (shape == null) {
      return info.shape();
    }
    try {
      if (TensorEntry.byteLength(shape, DType.U8) == elements) {
        return shape;
      }
    } catch (IllegalArgumentException e) {
      throw damaged(
          info.name(),
          "has an impossible shape in '" + GgufMetadata.SHAPE + "…': " + e.getMessage());
    }
    throw damaged(
        info.name(),
        "has shape %s and in '%s…' %s, which has another number of elements"
            .formatted(info.shape(), GgufMetadata.SHAPE, shape));
  }

  private long aligned(long offset) {
    return (offset + metadata.alignment() - 1) / metadata.alignment() * metadata.alignment();
  }

  private TensorFileException damaged(String tensor, String predicate) {
    return TensorFileErrors.tensorError(
        path, tensor, "is damaged: tensor '" + tensor + "' " + predicate);
  }
}
