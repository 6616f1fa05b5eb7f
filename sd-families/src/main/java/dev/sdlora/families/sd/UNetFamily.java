package dev.sdlora.families.sd;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.conditioning.AddedTimeIds;
import dev.sdlora.families.conditioning.AppliedEncoder;
import dev.sdlora.families.conditioning.ChunkEncoder;
import dev.sdlora.families.conditioning.Conditioner;
import dev.sdlora.families.denoise.BatchedPredictor;
import dev.sdlora.families.denoise.GuidanceEmbedding;
import dev.sdlora.families.denoise.NoisePredictor;
import dev.sdlora.families.family.Family;
import dev.sdlora.families.family.FlowSettings;
import dev.sdlora.families.family.SkippableLayers;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tokens.TrainedWords;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The families whose denoiser is a U-Net over latents of an eighth of the image's size, conditioned
 * by CLIP: SD 1.x, SD 2, SDXL and SDXL's refiner.
 *
 * @param unet the dimensions of the U-Net
 * @param latentChannels the channels of a latent
 * @param trained the noise levels that the U-Net was trained on
 * @param isRescalable whether {@code trained} can be rescaled up to pure noise
 */
public record UNetFamily(
    SdVersion version,
    UNetConfig unet,
    int latentChannels,
    Prediction prediction,
    NoiseLevels trained,
    boolean isRescalable)
    implements Family {

  @Override
  public ModelFamily name() {
    return version.family();
  }

  @Override
  public Conditioner conditioner(
      List<AppliedEncoder> encoders,
      TrainedWords words,
      PromptSpec spec,
      PixelSize conditionedSize) {
    return new Conditioner(
        encoders.stream().map(ChunkEncoder::of).toList(),
        spec.promptOptions(),
        spec.clipSkip(),
        encoder -> version.heedsClipSkip(encoder, spec.promptOptions()),
        words,
        new AddedTimeIds(
            version.readsScore(), unet.vectorWidth(), spec.sizeConditioning(), conditionedSize));
  }

  @Override
  public BatchedPredictor denoiser(
      NoisePredictor network,
      NoiseLevels levels,
      PromptSpec spec,
      ImageSize size,
      int rows,
      NDManager scope) {
    return new BatchedPredictor(
        network,
        prediction,
        levels,
        GuidanceEmbedding.of(spec.cfgScale(), unet.guidanceWidth()),
        latents(size),
        rows,
        scope);
  }

  @Override
  public Optional<UNetConfig> unetConfig() {
    return Optional.of(unet);
  }

  @Override
  public int sizeMultiple() {
    return 8;
  }

  @Override
  public int latentFactor() {
    return 8;
  }

  @Override
  public boolean isGuidanceDistilled() {
    return unet.guidanceWidth() > 0;
  }

  @Override
  public LatentShape latents(ImageSize size) {
    return new LatentShape(latentChannels, size.height() / 8, size.width() / 8);
  }

  @Override
  public NoiseLevels levels(boolean zeroTerminalSnr, ImageSize size) {
    return zeroTerminalSnr && isRescalable ? trained.zeroTerminalSnr() : trained;
  }

  @Override
  public void requireSupported(PromptSpec spec, ImageSize size) {
    SkippableLayers.require(spec, name(), OptionalInt.empty());
    if (!spec.referenceImages().isEmpty()) {
      throw new IllegalArgumentException(
          "referenceImages are given, but the checkpoint is %s: %s; remove them, or start from the image with imageToImage"
              .formatted(name().label(), FlowSettings.REFERENCE_READERS));
    }
  }

  @Override
  public List<String> warnings(PromptSpec spec, PromptSteps pass, String prompt, String negative) {
    return List.of();
  }
}
