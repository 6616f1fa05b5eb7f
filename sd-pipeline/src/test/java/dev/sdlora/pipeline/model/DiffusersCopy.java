package dev.sdlora.pipeline.model;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.layout.TrainedLevels;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.weights.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Writes a single file as a diffusers folder. The weight names are this library's, which are those
 * of diffusers.
 */
public final class DiffusersCopy {
  private final UNetFiles model;
  private BiFunction<String, Origin, DType> formats = (name, origin) -> origin.entry().dtype();

  private DiffusersCopy(UNetFiles model) {
    this.model = model;
  }

  /** Returns a copy of a checkpoint. */
  public static DiffusersCopy of(Path file) {
    return new DiffusersCopy(CheckpointReader.read(file));
  }

  /** Returns a copy of a checkpoint that uses parts of others. */
  public static DiffusersCopy of(Path file, CheckpointParts parts) {
    return new DiffusersCopy(CheckpointReader.read(file, parts));
  }

  /** Sets the dtypes of the weights. */
  public DiffusersCopy formats(BiFunction<String, Origin, DType> wanted) {
    formats = wanted;
    return this;
  }

  /** Writes the folder. */
  public Path write(Path folder) {
    for (int i = 0; i < model.textEncoders().size(); i++) {
      ModelFiles.Part<ClipConfig> encoder = model.textEncoders().get(i);
      boolean second = encoder.config().projection() > 0;
      ObjectNode settings = object();
      settings.put("num_attention_heads", encoder.config().heads());
      boolean quick = encoder.config().kind() == ClipConfig.Kind.OPENAI;
      settings.put("hidden_act", quick ? "quick_gelu" : "gelu");
      write(
          folder.resolve(second ? "text_encoder_2" : "text_encoder"),
          "model",
          settings,
          encoder.weights());
    }
    ObjectNode unet = object();
    unet.put("sample_size", 16);
    model.unet().config().channels().forEach(unet.withArray("block_out_channels")::add);
    model.unet().config().heads().forEach(unet.withArray("attention_head_dim")::add);
    write(folder.resolve("unet"), "diffusion_pytorch_model", unet, model.unet().weights());
    ObjectNode vae = object();
    LatentFormat format = model.vae().config().format();
    vae.put("scaling_factor", format.scale());
    format.mean().forEach(vae.withArray("latents_mean")::add);
    format.std().forEach(vae.withArray("latents_std")::add);
    write(folder.resolve("vae"), "diffusion_pytorch_model", vae, model.vae().weights());
    setting(folder.resolve("scheduler").resolve("scheduler_config.json"), scheduler());
    return folder;
  }

  private ObjectNode scheduler() {
    ObjectNode scheduler = object();
    boolean edm = model.levels().kind() == TrainedLevels.Kind.EDM;
    scheduler.put("_class_name", edm ? "EDMEulerScheduler" : "EulerDiscreteScheduler");
    boolean velocity =
        model.prediction() == Prediction.V_PREDICTION || model.prediction() == Prediction.EDM_V;
    scheduler.put("prediction_type", velocity ? "v_prediction" : "epsilon");
    if (edm) {
      scheduler.put("sigma_min", model.levels().sigmaMin());
      scheduler.put("sigma_max", model.levels().sigmaMax());
    }
    scheduler.put("rescale_betas_zero_snr", model.levels().equals(TrainedLevels.ZERO_TERMINAL_SNR));
    return scheduler;
  }

  private void write(Path folder, String stem, ObjectNode settings, Map<String, Origin> weights) {
    setting(folder.resolve("config.json"), settings);
    SafetensorsWriter writer = new SafetensorsWriter();
    weights.forEach(
        (name, origin) -> {
          DType format = formats.apply(name, origin);
          writer.tensor(
              name,
              format,
              origin.shape(),
              channel -> {
                try (TensorFile.Reader reader = origin.file().reader()) {
                  if (format == origin.entry().dtype()) {
                    channel.write(reader.bytes(origin.entry()));
                  } else {
                    float[] numbers = reader.floats(origin.entry());
                    SafetensorsWriter.floats(numbers, format).writeTo(channel);
                  }
                }
              });
        });
    writer.write(folder.resolve(stem + ".safetensors"));
  }

  /** Writes a settings file. */
  public static void setting(Path file, ObjectNode settings) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, settings.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
