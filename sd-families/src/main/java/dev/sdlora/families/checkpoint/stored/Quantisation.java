package dev.sdlora.families.checkpoint.stored;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.number.DType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Recognises networks in quantised formats that are not supported. Those that are supported look
 * like others: see {@link dev.sdlora.tensors.file.TensorFile#storage}.
 */
public final class Quantisation {
  /** Methods in settings whose files are supported, unless their tensors show otherwise. */
  private static final Set<String> SUPPORTED = Set.of("bitsandbytes");

  /** Endings of tensor names; the first match counts. */
  private static final List<Sign> SIGNS =
      List.of(
          new Sign(".quant_state.bitsandbytes__fp4", "FP4 by bitsandbytes"),
          new Sign(".smooth_factor", "SVDQuant by nunchaku"),
          new Sign(".wscales", "SVDQuant by nunchaku"),
          new Sign(".qweight", "AWQ or GPTQ"),
          new Sign(".weight_scale_2", "NVFP4 without a description of its layers"),
          new Sign(".absmax", "4 bits by bitsandbytes without a description of its layers"),
          new Sign(".SCB", "8 bits by bitsandbytes"),
          new Sign("weight_qdata", "torchao"),
          new Sign("weight:qdata", "torchao"));

  private static final String WEIGHT = ".weight";

  /** Tensors that SDNQ stores next to its integers. */
  private static final List<String> SDNQ = List.of(".scale", ".zero_point", ".svd_up");

  private Quantisation() {}

  private record Sign(String ending, String format) {}

  /**
   * Refuses a network in a format that is not supported.
   *
   * @param weights its files
   * @param prefix the prefix of its names
   * @param network its name in messages
   * @param settings its settings; missing if there are none
   * @throws CheckpointException if it is in such a format, which the message names
   */
  public static void refuse(
      NetworkWeights weights, String prefix, String network, JsonNode settings) {
    String method = settings.path("quantization_config").path("quant_method").asText("");
    if (!method.isEmpty() && !SUPPORTED.contains(method)) {
      throw error(weights, network, method, "'quantization_config' in its config.json");
    }
    refuse(weights, prefix, network);
  }

  /** Refuses a network in a format that is not supported, as its tensors show. */
  public static void refuse(NetworkWeights weights, String prefix, String network) {
    for (String name : weights.names()) {
      if (name.startsWith(prefix)) {
        SIGNS.stream()
            .filter(sign -> name.endsWith(sign.ending))
            .map(Sign::format)
            .findFirst()
            .or(() -> sdnq(weights, name))
            .ifPresent(
                format -> {
                  throw error(weights, network, format, "tensor '" + name + "'");
                });
      }
    }
  }

  private static Optional<String> sdnq(NetworkWeights weights, String name) {
    if (!name.endsWith(WEIGHT)) {
      return Optional.empty();
    }
    String layer = name.substring(0, name.length() - WEIGHT.length());
    return weights
        .find(name)
        .map(TensorEntry::dtype)
        .filter(dtype -> dtype == DType.U8 || dtype == DType.I8)
        .filter(dtype -> SDNQ.stream().anyMatch(part -> weights.names().contains(layer + part)))
        .map(dtype -> "SDNQ");
  }

  private static CheckpointException error(
      NetworkWeights weights, String network, String format, String sign) {
    return new CheckpointException(
        "'%s': the %s is quantised (%s), which is not supported: found %s; expected FP8, INT8, NVFP4 or MXFP8 of ComfyUI, NF4 of bitsandbytes, or unquantised weights"
            .formatted(weights.path(), network, format, sign),
        ErrorDetails.in(weights.path()));
  }
}
