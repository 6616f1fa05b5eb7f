package dev.sdlora.training.family;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.value.Checks;
import dev.sdlora.families.Families;
import dev.sdlora.families.PlainTexts;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.family.TrainingRules;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.make.LayerNames;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.adapter.AdapterModule;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.data.DataCache;
import dev.sdlora.training.data.FlowCaptions;
import dev.sdlora.training.data.ImageEncoder;
import dev.sdlora.training.noise.FlowProcess;
import dev.sdlora.training.noise.NoiseProcess;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.recipe.AdapterSettings;
import dev.sdlora.training.recipe.Recipe;
import dev.sdlora.training.step.FlowLayers;
import dev.sdlora.training.step.FlowNetworks;
import dev.sdlora.training.step.TrainedNetworks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Training of FLUX.2 klein, Z-Image and FLUX.1. Their text encoders are never trained.
 *
 * @param model the checkpoint
 * @param precision the dtype of the frozen networks
 */
public record FlowTraining(TransformerModel model, TrainingPrecision precision, String device)
    implements TrainedFamily {
  /** The number of pixels that a token covers along each side. */
  private static final int TOKEN = 16;

  @Override
  public List<AdapterModule> modules(AdapterSettings adapter, int clipSkip) {
    requireTrainable();
    Checks.require(
        !adapter.options().dora() || precision != TrainingPrecision.INT8,
        "precision",
        "be FLOAT32 or BFLOAT16 for DoRA, which reads the norms of weights",
        precision);
    return adapter.modules(Network.UNET, denoiserWeights());
  }

  private void requireTrainable() {
    Checkpoint checkpoint = model.checkpoint();
    rules();
    Families.of(checkpoint.family())
        .untrainable(checkpoint)
        .ifPresent(
            found -> {
              throw TrainedFamily.refusal(checkpoint, found, "expected a text-to-image model");
            });
  }

  private TrainingRules rules() {
    Checkpoint checkpoint = model.checkpoint();
    return Families.of(checkpoint.family())
        .training(model.transformer().config())
        .orElseThrow(
            () ->
                TrainedFamily.refusal(
                    checkpoint,
                    "is " + checkpoint.family().label(),
                    "expected Stable Diffusion 1.x, 2.x, SDXL, FLUX.1, FLUX.2 or Z-Image"));
  }

  @Override
  public Map<String, List<Long>> denoiserWeights() {
    return new FlowLayers(model.transformer().config()).weights();
  }

  @Override
  public int sizeMultiple() {
    return TOKEN;
  }

  @Override
  public int latentFactor() {
    return model.vae().config().sampledFactor();
  }

  @Override
  public int channels() {
    return model.vae().config().sampledChannels();
  }

  /**
   * {@inheritDoc}
   *
   * <p>FLUX.2 is trained on the means of latents, the others on samples, as in ai-toolkit.
   */
  @Override
  public ImageEncoder imageEncoder() {
    return ImageEncoder.load(device, model, rules().samplesLatents());
  }

  /**
   * {@inheritDoc}
   *
   * <p>The shifts are ai-toolkit's: 3 for Z-Image, by resolution for FLUX.2 and FLUX.1 [dev].
   * FLUX.1 [schnell] has none in its own schedule either.
   */
  @Override
  public NoiseProcess noise() {
    return new FlowProcess(rules().shift(), TOKEN / latentFactor());
  }

  @Override
  public TimestepSampling timesteps() {
    return TimestepSampling.BY_RESOLUTION;
  }

  @Override
  public Captions captions(
      Collection<String> texts, boolean asTokens, int clipSkip, DataCache cache) {
    List<String> all = new ArrayList<>(texts);
    all.add("");
    ScalarType type =
        precision == TrainingPrecision.FLOAT32 ? ScalarType.FLOAT32 : ScalarType.BFLOAT16;
    return new FlowCaptions(PlainTexts.encode(device, model, all, type));
  }

  @Override
  public TrainedNetworks networks(Torch torch, Captions captions, Recipe recipe) {
    return new FlowNetworks(
        torch, model, (FlowCaptions) captions, precision, recipe.computation().checkpointing());
  }

  /** {@inheritDoc} The names of ai-toolkit. */
  @Override
  public LayerNames names() {
    ModelFamily family = model.checkpoint().family();
    if (rules().hasAuthorsNames()) {
      return (network, layer) ->
          KeyNaming.SINGLE_FILE.key(network, FlowLayers.authorsName(layer, family));
    }
    return style().names(family);
  }

  @Override
  public KeyNaming style() {
    return rules().style();
  }
}
