package dev.sdlora.families.checkpoint;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.CheckpointReader.Network;
import dev.sdlora.families.checkpoint.layout.SmallTensors;
import dev.sdlora.families.checkpoint.layout.TrainedLevels;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.sd.SingleFileFamily;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.util.Locale;
import java.util.Optional;

/**
 * The prediction type of a U-Net, the noise levels it was trained on, and the evidence for both.
 *
 * @param prediction the prediction type
 * @param levels the noise levels
 * @param explanation the explanation for people
 */
record PredictionSigns(Prediction prediction, TrainedLevels levels, String explanation) {
  /**
   * A norm's bias whose spread distinguishes the two kinds of SD 2.x, as ComfyUI found: 0.094 and
   * more if the U-Net predicts v, 0.085 if it predicts noise.
   */
  private static final String DISTINCT_BIAS =
      "up_blocks.3.attentions.2.transformer_blocks.0.norm1.bias";

  private static final double V_SPREAD = 0.09;

  /**
   * Input channels of ordinary models. Inpainting and editing models have more; they all predict
   * noise.
   */
  private static final int PLAIN_CHANNELS = 4;

  /** The lowest noise level of Playground 2.5 and CosXL. */
  private static final double EDM_MIN = 0.002;

  /** The noise levels of Playground 2.5. */
  static final TrainedLevels EDM_LEVELS = TrainedLevels.edm(EDM_MIN, 80);

  /** Names of the metadata and tensors that show the prediction type. */
  static final String NOTED = "modelspec.prediction_type";

  static final String V_PREDICTION = "v_pred";
  static final String ZERO_SNR = "ztsnr";
  static final String EDM_MEAN = "edm_mean";
  static final String EDM_STD = "edm_std";
  static final String SIGMA_MIN = "edm_vpred.sigma_min";
  static final String SIGMA_MAX = "edm_vpred.sigma_max";

  /**
   * Recognises the prediction type from a single file's header and a few of its smallest tensors.
   */
  static PredictionSigns of(TensorFile file, SingleFileFamily family, Network<UNetConfig> unet) {
    Optional<TensorEntry> cosXl = file.find(SIGMA_MAX);
    if (cosXl.isPresent()) {
      double lowest = file.find(SIGMA_MIN).map(min -> number(file, min)).orElse(EDM_MIN);
      double highest = number(file, cosXl.get());
      if (!(lowest > 0 && highest > lowest && highest < Float.MAX_VALUE)) {
        throw new CheckpointException(
            "'%s': its noise levels ('edm_vpred.sigma_min' and '…_max') are %s to %s, expected a range above 0"
                .formatted(file.path(), lowest, highest),
            ErrorDetails.in(file.path()).withTensor(cosXl.get().name()));
      }
      return new PredictionSigns(
          Prediction.EDM_V,
          TrainedLevels.edm(lowest, highest),
          "v-prediction with EDM levels: tensor 'edm_vpred.sigma_max'");
    }
    if (file.find(EDM_MEAN).isPresent() && file.find(EDM_STD).isPresent()) {
      return new PredictionSigns(Prediction.EDM, EDM_LEVELS, "EDM prediction: tensor 'edm_mean'");
    }
    boolean zeroSnr = file.find(ZERO_SNR).isPresent();
    TrainedLevels levels = zeroSnr ? TrainedLevels.ZERO_TERMINAL_SNR : TrainedLevels.USUAL;
    String snr = zeroSnr ? ", zero terminal SNR: tensor 'ztsnr'" : "";
    String noted = file.metadata().getOrDefault(NOTED, "");
    if (noted.equals(Prediction.SAMPLE.type().label())) {
      return new PredictionSigns(
          Prediction.SAMPLE,
          levels,
          "sample prediction: metadata 'modelspec.prediction_type'" + snr);
    }
    if (!noted.isEmpty()) {
      return of(noted.startsWith("v"), levels, "metadata 'modelspec.prediction_type'" + snr);
    }
    if (file.find(V_PREDICTION).isPresent()) {
      return of(true, levels, "tensor 'v_pred'" + snr);
    }
    if (family.isTurbo()) {
      return of(false, levels, "SD-Turbo, by the names of its text encoder" + snr);
    }
    Optional<TensorEntry> bias =
        unet.tensors().find(DISTINCT_BIAS).filter(entry -> entry.dtype().isFloating());
    if (family.version().hidesPrediction()
        && unet.config().inChannels() == PLAIN_CHANNELS
        && bias.isPresent()) {
      double spread = spread(file, bias.get());
      return of(
          spread > V_SPREAD,
          levels,
          String.format(
                  Locale.ROOT, "tensor '%s' has standard deviation %.3f", bias.get().name(), spread)
              + snr);
    }
    return of(false, levels, "the default" + snr);
  }

  static PredictionSigns of(boolean velocity, TrainedLevels levels, String sign) {
    return velocity
        ? new PredictionSigns(Prediction.V_PREDICTION, levels, "v-prediction: " + sign)
        : new PredictionSigns(Prediction.EPSILON, levels, "epsilon prediction: " + sign);
  }

  private static double number(TensorFile file, TensorEntry entry) {
    if (entry.elements() != 1) {
      throw new CheckpointException(
          "'%s': tensor '%s' holds %s numbers, expected one"
              .formatted(file.path(), entry.name(), entry.elements()),
          ErrorDetails.in(file.path()).withTensor(entry.name()));
    }
    return SmallTensors.floats(file, entry)[0];
  }

  private static double spread(TensorFile file, TensorEntry entry) {
    float[] values = SmallTensors.floats(file, entry);
    double mean = 0;
    for (float value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / values.length);
  }
}
