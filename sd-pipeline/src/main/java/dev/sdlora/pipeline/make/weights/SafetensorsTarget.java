package dev.sdlora.pipeline.make.weights;

import dev.sdlora.pipeline.make.weights.WeightWriter.Progress;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a safetensors file. Scaled layers have ComfyUI's newer layout: {@code x.weight_scale}, and
 * {@code x.comfy_quant} that names the format.
 *
 * @param source the input
 * @param progress writes the values
 */
record SafetensorsTarget(ConversionSource source, Progress progress) {
  private static final String WEIGHT = "weight";

  void write(Path file, List<ConvertedTensor> tensors) {
    SafetensorsWriter writer = new SafetensorsWriter();
    source.metadataFor(file).forEach(writer::metadata);
    writer.metadata("format", "pt");
    source.signs().write(writer, source.names());
    for (ConvertedTensor tensor : tensors) {
      if (tensor.scaled()) {
        addScaled(writer, tensor);
      } else {
        WeightEncoding encoding = new WeightEncoding.Plain(tensor.dtype());
        writer.tensor(
            tensor.name(),
            tensor.dtype(),
            tensor.shape(),
            channel -> progress.write(tensor, encoding, channel));
      }
    }
    writer.write(file);
  }

  private void addScaled(SafetensorsWriter writer, ConvertedTensor tensor) {
    boolean integers = tensor.dtype() == DType.I8;
    String layer = tensor.name().substring(0, tensor.name().length() - WEIGHT.length());
    float[] scales = scales(tensor);
    byte[] note =
        "{\"format\": \"%s\"}"
            .formatted(integers ? "int8_tensorwise" : "float8_e4m3fn")
            .getBytes(StandardCharsets.UTF_8);
    writer.tensor(
        layer + "weight_scale",
        DType.F32,
        integers ? List.of(tensor.shape().get(0), 1L) : List.of(),
        SafetensorsWriter.floats(scales, DType.F32));
    writer.tensor(
        tensor.name(),
        tensor.dtype(),
        tensor.shape(),
        channel ->
            progress.write(
                tensor,
                new WeightEncoding.Scaled(tensor.dtype(), scales, tensor.group()),
                channel));
    writer.tensor(
        layer + "comfy_quant",
        DType.U8,
        List.of((long) note.length),
        channel -> channel.write(ByteBuffer.wrap(note)));
  }

  /** Returns the scales of a tensor; the file has them before all weights of 8 bits. */
  private float[] scales(ConvertedTensor tensor) {
    try {
      float[] scales = progress.largest(tensor);
      for (int i = 0; i < scales.length; i++) {
        scales[i] = WeightEncoding.Scaled.scale(scales[i], tensor.dtype());
      }
      return scales;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
