package dev.sdlora.pipeline.make.weights;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.pipeline.make.weights.WeightWriter.Progress;
import dev.sdlora.tensors.file.GgufWriter;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes a GGUF file.
 *
 * @param source the input
 * @param format the format of the large weights
 * @param progress writes the values
 */
record GgufTarget(ConversionSource source, FileFormat format, Progress progress) {
  private static final String ARCHITECTURE = "general.architecture";
  private static final String VERSION = "general.quantization_version";
  private static final String FILE_TYPE = "general.file_type";

  /** The version of ggml's block formats. */
  private static final int QUANTISATION = 2;

  void write(Path file, List<ConvertedTensor> tensors) {
    GgufWriter writer = new GgufWriter();
    metadata(writer, file);
    for (ConvertedTensor tensor : tensors) {
      add(writer, tensor);
    }
    source
        .signs()
        .missing(tensors.stream().map(ConvertedTensor::name).toList())
        .forEach(
            sign ->
                writer.tensor(
                    sign.name(),
                    DType.F32,
                    sign.shape(),
                    SafetensorsWriter.floats(sign.values(), DType.F32)));
    writer.write(file);
  }

  private void add(GgufWriter writer, ConvertedTensor tensor) {
    List<Long> shape = tensor.shape();
    if (shape.size() > GgufWriter.MAX_DIMENSIONS) {
      throw new CheckpointException(
          "tensor '%s' of '%s' has shape %s, expected at most %s dimensions for a GGUF file"
              .formatted(tensor.name(), source.path(), shape, GgufWriter.MAX_DIMENSIONS),
          ErrorDetails.in(source.path()).withTensor(tensor.name()));
    }
    if (tensor.isFlattened()) {
      writer.originalShape(tensor.name(), tensor.source().shape());
    }
    WeightEncoding encoding =
        tensor
            .block()
            .<WeightEncoding>map(WeightEncoding.Blocks::new)
            .orElseGet(() -> new WeightEncoding.Plain(tensor.dtype()));
    SafetensorsWriter.Source bytes = channel -> progress.write(tensor, encoding, channel);
    tensor
        .block()
        .ifPresentOrElse(
            block -> writer.tensor(tensor.name(), block, shape, bytes),
            () -> writer.tensor(tensor.name(), tensor.dtype(), shape, bytes));
  }

  private void metadata(GgufWriter writer, Path file) {
    source
        .architecture()
        .filter(known -> !known.label().isEmpty())
        .ifPresent(known -> writer.metadata(ARCHITECTURE, known.label()));
    writer.metadata(VERSION, QUANTISATION);
    writer.metadata(FILE_TYPE, fileType());
    if (source.gguf().isPresent()) {
      Map<String, String> own = source.gguf().get().metadata();
      source
          .metadata()
          .forEach(
              (key, value) -> {
                if (!value.equals(own.get(key))) {
                  writer.metadata(key, value);
                }
              });
      writer.metadataOf(source.gguf().get());
    } else {
      source
          .metadataFor(file)
          .forEach(
              (key, value) -> {
                if (!key.startsWith("general.")) {
                  writer.metadata(key, value);
                }
              });
      LanguageModelSettings.write(source, writer);
    }
  }

  /** Returns llama.cpp's number for files that have mostly this format. */
  private int fileType() {
    return switch (format) {
      case F16 -> 1;
      case Q4_0 -> 2;
      case Q4_1 -> 3;
      case Q8_0 -> 7;
      case Q5_0 -> 8;
      case Q5_1 -> 9;
      case Q2_K -> 10;
      case Q3_K -> 11;
      case Q4_K -> 14;
      case Q5_K -> 16;
      case Q6_K -> 18;
      case BF16 -> 32;
      default -> throw new IllegalStateException("not in GGUF files: " + format);
    };
  }
}
