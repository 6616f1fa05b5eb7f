package dev.sdlora.families.checkpoint;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.layout.NetworkShapes;
import dev.sdlora.families.checkpoint.layout.TrainedLevels;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.sd.EncoderPlace;
import dev.sdlora.families.sd.SdVersion;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings that a single file stores in metadata and small tensors, because it has no settings
 * files; {@link PredictionSigns} and {@link SingleFile} read them.
 *
 * @param metadata text entries
 * @param tensors numbers by tensor name
 */
public record SingleFileSigns(Map<String, String> metadata, Map<String, List<Double>> tensors) {
  /** No additional settings, for a source that is already a single file. */
  public static final SingleFileSigns NONE = new SingleFileSigns(Map.of(), Map.of());

  /**
   * Returns the single-file equivalent of a folder's settings.
   *
   * @throws CheckpointException if a single file cannot express them
   */
  public static SingleFileSigns of(UNetFiles folder) {
    Path path = folder.checkpoint().path();
    ModelFamily family = folder.checkpoint().family();
    requireUsualHeads(path, family, folder.unet().config());
    for (int i = 0; i < folder.textEncoders().size(); i++) {
      requireUsual(
          path, SdVersion.of(family).encoders().get(i), folder.textEncoders().get(i).config());
    }
    TrainedLevels levels = folder.levels();
    LatentFormat format = folder.vae().config().format();
    LatentFormat usual = LatentFormat.scaledBy(SdVersion.of(family).latentScale());
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, List<Double>> tensors = new LinkedHashMap<>();
    switch (folder.prediction()) {
      case EDM -> {
        usual = new LatentFormat(SingleFile.EDM_DEVIATION, format.mean(), format.std());
        require(path, levels.equals(PredictionSigns.EDM_LEVELS), "noise levels", levels.range());
        require(
            path,
            !format.mean().isEmpty() && !format.std().isEmpty(),
            "latents",
            described(format));
        tensors.put(PredictionSigns.EDM_MEAN, format.mean());
        tensors.put(PredictionSigns.EDM_STD, format.std());
      }
      case EDM_V -> {
        tensors.put(PredictionSigns.SIGMA_MIN, List.of(levels.sigmaMin()));
        tensors.put(PredictionSigns.SIGMA_MAX, List.of(levels.sigmaMax()));
      }
      case EPSILON, V_PREDICTION, SAMPLE, FLOW -> {
        boolean velocity = folder.prediction() == Prediction.V_PREDICTION;
        metadata.put(PredictionSigns.NOTED, velocity ? "v" : folder.prediction().type().label());
        if (velocity) {
          tensors.put(PredictionSigns.V_PREDICTION, List.of());
        }
        if (levels.equals(TrainedLevels.ZERO_TERMINAL_SNR)) {
          tensors.put(PredictionSigns.ZERO_SNR, List.of());
        }
      }
    }
    require(path, format.equals(usual), "latents", described(format));
    return new SingleFileSigns(metadata, tensors);
  }

  private static void requireUsualHeads(Path path, ModelFamily family, UNetConfig unet) {
    for (int i = 0; i < unet.channels().size(); i++) {
      int usual = SdVersion.of(family).heads(unet.channels().get(i));
      require(
          path,
          !unet.transformers().inLevel(i) || unet.heads().get(i) == usual,
          "attention heads of the U-Net",
          unet.heads());
    }
  }

  private static void requireUsual(Path path, EncoderPlace place, ClipConfig encoder) {
    require(
        path,
        encoder.heads() == NetworkShapes.clipHeads(encoder.width(), place.kind()),
        "attention heads of a text encoder",
        encoder.heads());
    // With one more layer, it would be mistaken for a file that lacks the unread layer.
    require(
        path,
        place.reading() != ClipConfig.Reading.LAST
            || place.kind() != ClipConfig.Kind.OPEN_CLIP
            || encoder.layers() + 1 != SingleFile.LAYERS_WITHOUT_LAST,
        "layers of a text encoder",
        encoder.layers());
    require(path, encoder.kind() == place.kind(), "kind of a text encoder", encoder.kind().label());
  }

  private static void require(Path path, boolean sayable, String setting, Object value) {
    if (!sayable) {
      throw new CheckpointException(
          "folder '%s' cannot be converted to a single file: its settings have %s: %s; expected the usual value"
                  .formatted(path, setting, value)
              + " of its family, because single files have no settings",
          ErrorDetails.in(path));
    }
  }

  private static String described(LatentFormat format) {
    return "scaled by %s, mean %s, standard deviation %s"
        .formatted(format.scale(), format.mean(), format.std());
  }

  /** Adds the tensors to a file that is being written, except for those it already has. */
  public void write(SafetensorsWriter writer, Iterable<String> present) {
    missing(present)
        .forEach(sign -> writer.tensor(sign.name(), sign.shape(), sign.values(), DType.F32));
  }

  /** Returns the tensors that a file to write does not have. */
  public List<Sign> missing(Iterable<String> present) {
    Map<String, List<Double>> missing = new LinkedHashMap<>(tensors);
    present.forEach(missing::remove);
    List<Sign> signs = new ArrayList<>();
    missing.forEach(
        (name, numbers) -> {
          float[] values = new float[numbers.size()];
          for (int i = 0; i < values.length; i++) {
            values[i] = numbers.get(i).floatValue();
          }
          signs.add(new Sign(name, shape(values.length), values));
        });
    return signs;
  }

  /**
   * A small tensor.
   *
   * @param name its name in the file
   * @param shape its shape
   * @param values its values
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  public record Sign(String name, List<Long> shape, float[] values) {}

  /** One number is a scalar, several are per channel, and an empty tensor is a marker. */
  private static List<Long> shape(int numbers) {
    return switch (numbers) {
      case 0 -> List.of(0L);
      case 1 -> List.of();
      default -> List.of(1L, (long) numbers, 1L, 1L);
    };
  }
}
