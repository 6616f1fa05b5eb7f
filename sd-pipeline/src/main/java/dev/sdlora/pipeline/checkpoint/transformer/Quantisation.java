package dev.sdlora.pipeline.checkpoint.transformer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.pipeline.checkpoint.stored.NetworkWeights;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SettingsJson;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Recognises quantised files, which are not supported yet. Plain 8-bit floats are not meant. */
final class Quantisation {
  private static final String METADATA = "_quantization_metadata";
  private static final String NOTE = ".comfy_quant";

  /** The most bytes of a note in a tensor. */
  private static final int MAX_NOTE = 4096;

  /** Endings of tensor names; the first match counts. */
  private static final List<Sign> SIGNS =
      List.of(
          new Sign(".quant_state.bitsandbytes__nf4", "NF4 by bitsandbytes"),
          new Sign(".quant_state.bitsandbytes__fp4", "FP4 by bitsandbytes"),
          new Sign(".smooth_factor", "SVDQuant by nunchaku"),
          new Sign(".qweight", "AWQ or GPTQ"),
          new Sign(".weight_scale_2", "NVFP4"),
          new Sign(".absmax", "4 bits by bitsandbytes"),
          new Sign(".SCB", "8 bits by bitsandbytes"),
          new Sign(".scale_weight", "scaled FP8"),
          new Sign(".weight_scale", "scaled FP8"),
          new Sign(".scaled_fp8", "scaled FP8"));

  private Quantisation() {}

  private record Sign(String ending, String format) {}

  /**
   * Refuses a quantised network.
   *
   * @param settings its settings; missing if there are none
   * @throws CheckpointException if it is quantised; the message says in which format
   */
  static void refuse(StoredNetwork network, JsonNode settings) {
    NetworkWeights weights = network.weights();
    String method = settings.path("quantization_config").path("quant_method").asText("");
    if (!method.isEmpty()) {
      throw error(network, method, "'quantization_config' in its config.json");
    }
    Set<String> names = weights.names();
    for (String name : names) {
      if (name.startsWith(network.prefix()) && name.endsWith(NOTE)) {
        throw error(network, note(weights, name), "tensor '" + name + "'");
      }
    }
    for (Sign sign : SIGNS) {
      for (String name : names) {
        // A network without a prefix may have its mark alone as a name.
        if (name.startsWith(network.prefix())
            && (name.endsWith(sign.ending)
                || name.equals(network.prefix() + sign.ending.substring(1)))) {
          boolean integer =
              sign.format.equals("scaled FP8")
                  && name.endsWith("_scale")
                  && dtype(weights, name.substring(0, name.length() - "_scale".length()))
                      .filter(dtype -> dtype == DType.I8)
                      .isPresent();
          throw error(network, integer ? "INT8" : sign.format, "tensor '" + name + "'");
        }
      }
    }
    names.stream()
        .findFirst()
        .map(name -> weights.fileOf(name).metadata().get(METADATA))
        .ifPresent(
            text -> {
              throw error(network, formatOf(text), "'" + METADATA + "' in its metadata");
            });
  }

  private static Optional<DType> dtype(NetworkWeights weights, String name) {
    return weights.find(name).map(TensorEntry::dtype);
  }

  private static String note(NetworkWeights weights, String name) {
    TensorFile file = weights.fileOf(name);
    TensorEntry entry = file.find(name).orElseThrow();
    if (entry.byteLength() > MAX_NOTE) {
      return "an unknown format";
    }
    try (TensorFile.Reader reader = file.reader()) {
      return formatOf(new String(reader.bytes(entry).array(), StandardCharsets.UTF_8));
    }
  }

  /** Returns the first format in a note, such as {@code {"format": "nvfp4"}}. */
  private static String formatOf(String note) {
    try {
      String format =
          String.valueOf(
              SettingsJson.parse(note).findValuesAsText("format").stream()
                  .findFirst()
                  .orElse("an unknown format"));
      return format.toLowerCase(Locale.ROOT).startsWith("float8")
          ? "scaled FP8 (" + format + ")"
          : format;
    } catch (JsonProcessingException e) {
      return "an unknown format";
    }
  }

  private static CheckpointException error(StoredNetwork network, String format, String sign) {
    return new CheckpointException(
        "'%s': the %s is quantised (%s), which is not supported yet: found %s; expected weights in bfloat16, float16, float32 or plain float8"
            .formatted(network.weights().path(), network.network(), format, sign),
        ErrorDetails.in(network.weights().path()));
  }
}
