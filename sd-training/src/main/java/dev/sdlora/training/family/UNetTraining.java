package dev.sdlora.training.family;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.sd.SdVersion;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.make.LayerNames;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.adapter.AdapterModule;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.data.DataCache;
import dev.sdlora.training.data.EncodedCaptions;
import dev.sdlora.training.data.ImageEncoder;
import dev.sdlora.training.noise.DiffusionProcess;
import dev.sdlora.training.noise.NoiseProcess;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.recipe.AdapterSettings;
import dev.sdlora.training.recipe.Recipe;
import dev.sdlora.training.step.DenoisingNetworks;
import dev.sdlora.training.step.TrainedNetworks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Training of SD 1.x, SD 2 and SDXL. */
public record UNetTraining(UNetFiles model, String device) implements TrainedFamily {
  /**
   * {@inheritDoc}
   *
   * <p>Text encoder layers whose output the U-Net does not read, such as the last one of SDXL's
   * first encoder, are left out.
   */
  @Override
  public List<AdapterModule> modules(AdapterSettings adapter, int clipSkip) {
    requireTrainable();
    List<AdapterModule> found = new ArrayList<>(adapter.modules(Network.UNET, denoiserWeights()));
    for (int i = 0; adapter.textEncoder() && i < model.textEncoders().size(); i++) {
      ClipConfig config = model.textEncoders().get(i).config();
      int read = config.layersRead(config.reading().skip(clipSkip));
      found.addAll(adapter.modules(Network.textEncoder(i), config.withLayers(read).weights()));
    }
    if (found.stream().noneMatch(module -> module.network() == Network.UNET)) {
      throw new UntrainableException(
          "checkpoint '%s' has no layers to train: no layer of its U-Net belongs to modules %s, expected"
                  .formatted(model.checkpoint().path(), adapter.modules())
              + " attention inside transformers");
    }
    return found;
  }

  private void requireTrainable() {
    Checkpoint checkpoint = model.checkpoint();
    boolean discrete =
        model.prediction() == Prediction.EPSILON || model.prediction() == Prediction.V_PREDICTION;
    if (model.prediction() == Prediction.SAMPLE) {
      throw TrainedFamily.refusal(
          checkpoint,
          "predicts the clean latent, like one-step models",
          "expected one that predicts noise or velocity");
    }
    if (!discrete) {
      throw TrainedFamily.refusal(
          checkpoint,
          "was trained on a continuous range of noise levels (EDM)",
          "expected a model with 1000 noise levels that predicts noise or velocity");
    }
    if (SdVersion.of(checkpoint.family()).isRefiner()) {
      throw TrainedFamily.refusal(checkpoint, "is the refiner of SDXL", "expected the base model");
    }
    if (checkpoint.task() != Checkpoint.Task.TEXT_TO_IMAGE) {
      throw TrainedFamily.refusal(
          checkpoint,
          switch (checkpoint.task()) {
            case INPAINTING -> "is an inpainting model";
            case CONTROL -> "is a control model";
            case TEXT_TO_IMAGE, EDITING -> "is an image editing model";
          },
          "expected a text-to-image model");
    }
    if (model.unet().config().guidanceWidth() > 0) {
      throw TrainedFamily.refusal(
          checkpoint,
          "is distilled with the guidance scale as an input (LCM)",
          "expected the model that it was distilled from");
    }
  }

  @Override
  public Map<String, List<Long>> denoiserWeights() {
    return model.unet().config().weights();
  }

  @Override
  public boolean readsSizes() {
    return model.unet().config().vectorWidth() > 0;
  }

  @Override
  public int sizeMultiple() {
    return model.vae().config().factor();
  }

  @Override
  public int latentFactor() {
    return sizeMultiple();
  }

  @Override
  public int channels() {
    return model.unet().config().inChannels();
  }

  @Override
  public ImageEncoder imageEncoder() {
    return ImageEncoder.load(device, model, true);
  }

  @Override
  public NoiseProcess noise() {
    return new DiffusionProcess(
        model.levels().levels(), model.prediction() == Prediction.V_PREDICTION);
  }

  @Override
  public TimestepSampling timesteps() {
    return TimestepSampling.UNIFORM;
  }

  @Override
  public EncodedCaptions captions(
      Collection<String> texts, boolean asTokens, int clipSkip, DataCache cache) {
    EncodedCaptions tokens =
        EncodedCaptions.tokens(
            texts, model.textEncoders().stream().map(ModelFiles.Part::config).toList());
    return asTokens ? tokens : tokens.encoded(device, model, clipSkip, cache);
  }

  @Override
  public TrainedNetworks networks(Torch torch, Captions captions, Recipe recipe) {
    return new DenoisingNetworks(
        torch, model, (EncodedCaptions) captions, recipe.clipSkip(), recipe.computation().ofUNet());
  }

  @Override
  public LayerNames names() {
    return style().names(model.checkpoint().family());
  }

  @Override
  public KeyNaming style() {
    return KeyNaming.KOHYA;
  }
}
