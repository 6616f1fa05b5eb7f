package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.ModelFamily;
import dev.sdlora.pipeline.checkpoint.CheckpointReader.Network;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a U-Net predicts, and what told it.
 *
 * @param prediction what it predicts
 * @param zeroTerminalSnr whether it was trained up to pure noise
 * @param told sentences for people, each with what it says and where that stands
 */
record PredictionSigns(Prediction prediction, boolean zeroTerminalSnr, List<String> told) {
  /**
   * A norm's bias whose spread tells the two kinds of SD 2.x apart, as ComfyUI found: 0.094 and
   * more where the U-Net predicts v, 0.085 where it predicts noise.
   */
  private static final String TELLING = "up_blocks.3.attentions.2.transformer_blocks.0.norm1.bias";

  private static final double V_SPREAD = 0.09;

  /** Models for inpainting and editing have others; all of them predict noise. */
  private static final int PLAIN_CHANNELS = 4;

  /** What the header of a single file tells, and of SD 2.x one of its tensors. */
  static PredictionSigns of(TensorFile file, ModelFamily family, Network<UNetConfig> unet) {
    boolean zeroSnr = file.find("ztsnr").isPresent();
    List<String> snr = zeroSnr ? List.of("zero terminal SNR: tensor 'ztsnr'") : List.of();
    String noted = file.metadata().getOrDefault("modelspec.prediction_type", "");
    if (!noted.isEmpty()) {
      return new PredictionSigns(
              noted.startsWith("v") ? Prediction.V_PREDICTION : Prediction.EPSILON, zeroSnr, snr)
          .telling("metadata 'modelspec.prediction_type'");
    }
    if (file.find("v_pred").isPresent()) {
      return new PredictionSigns(Prediction.V_PREDICTION, zeroSnr, snr).telling("tensor 'v_pred'");
    }
    Optional<TensorEntry> bias =
        unet.tensors().find(TELLING).filter(entry -> entry.dtype().isFloating());
    if (family == ModelFamily.SD2
        && unet.config().inChannels() == PLAIN_CHANNELS
        && bias.isPresent()) {
      double spread = spread(file, bias.get());
      return new PredictionSigns(
              spread > V_SPREAD ? Prediction.V_PREDICTION : Prediction.EPSILON, zeroSnr, snr)
          .telling("the numbers of '%s' spread by %.3f".formatted(bias.get().name(), spread));
    }
    return new PredictionSigns(Prediction.EPSILON, zeroSnr, snr).telling("nothing says otherwise");
  }

  private PredictionSigns telling(String sign) {
    String word = prediction == Prediction.V_PREDICTION ? "v-prediction" : "epsilon prediction";
    return new PredictionSigns(
        prediction,
        zeroTerminalSnr,
        Stream.concat(Stream.of(word + ": " + sign), told.stream()).toList());
  }

  private static double spread(TensorFile file, TensorEntry entry) {
    float[] values;
    try (TensorFile.Reader reader = file.reader()) {
      values = reader.floats(entry);
    }
    double mean = 0;
    for (float value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / (values.length - 1));
  }
}
