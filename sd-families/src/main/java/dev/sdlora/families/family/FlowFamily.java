package dev.sdlora.families.family;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.setting.FlowKeys;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.conditioning.AppliedEncoder;
import dev.sdlora.families.conditioning.TextConditioner;
import dev.sdlora.families.denoise.BatchedPredictor;
import dev.sdlora.families.denoise.NoisePredictor;
import dev.sdlora.families.memory.AllocatedBytes;
import dev.sdlora.families.memory.TransformerMemory;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tokens.TrainedWords;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The families whose denoiser is a transformer that predicts flows. {@link FlowTraits} is what they
 * differ in.
 *
 * @param model the checkpoint
 * @param traits what its family answers for it
 */
public record FlowFamily(TransformerModel model, FlowTraits traits) implements Family {
  /** Pixels of the side of a token. */
  public static final int TOKEN = 16;

  @Override
  public ModelFamily name() {
    return model.checkpoint().family();
  }

  /** Returns the number of an image's tokens. */
  public static int tokens(ImageSize size) {
    return size.width() / TOKEN * (size.height() / TOKEN);
  }

  @Override
  public TextConditioner conditioner(
      List<AppliedEncoder> encoders,
      TrainedWords words,
      PromptSpec spec,
      PixelSize conditionedSize) {
    return traits.conditioner(encoders, words, spec);
  }

  @Override
  public BatchedPredictor denoiser(
      NoisePredictor network,
      NoiseLevels levels,
      PromptSpec spec,
      ImageSize size,
      int rows,
      NDManager scope) {
    OptionalDouble scale = traits.guidance(spec);
    float[] guidance = scale.isPresent() ? new float[] {(float) scale.getAsDouble()} : new float[0];
    return new BatchedPredictor(
        network, Prediction.FLOW, levels, guidance, latents(size), rows, scope);
  }

  @Override
  public Optional<UNetConfig> unetConfig() {
    return Optional.empty();
  }

  @Override
  public boolean fillsMasks() {
    return traits.fillsMasks();
  }

  @Override
  public boolean readsControl() {
    return traits.readsControl();
  }

  @Override
  public Prediction prediction() {
    return Prediction.FLOW;
  }

  @Override
  public boolean isGuidanceDistilled() {
    return false;
  }

  @Override
  public Optional<Boolean> isDistilled() {
    return Optional.of(model.isDistilled());
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
  public LatentShape latents(ImageSize size) {
    return model.vae().config().sampledShape(size);
  }

  @Override
  public NoiseLevels levels(boolean zeroTerminalSnr, ImageSize size) {
    return traits.levels(size);
  }

  @Override
  public void requireSupported(PromptSpec spec, ImageSize size) {
    traits.settings(spec).require(spec, size, sizeMultiple());
    SkippableLayers.require(spec, name(), traits.skippableLayers());
    OptionalInt longest = traits.longestSide();
    if (longest.isPresent() && Math.max(size.width(), size.height()) > longest.getAsInt()) {
      throw new IllegalArgumentException(
          "size is %s, but images of checkpoint '%s' have at most %s pixels a side, because it knows no places beyond"
              .formatted(size, model.checkpoint().name(), longest.getAsInt()));
    }
  }

  @Override
  public List<String> warnings(PromptSpec spec, PromptSteps pass, String prompt, String negative) {
    List<String> warnings = new ArrayList<>();
    if (spec.distilledGuidance().isPresent() && traits.guidance(spec).isEmpty()) {
      warnings.add(
          "distilledGuidance is %s, but this model reads no guidance scale, so it has no effect; cfgScale sets its guidance"
              .formatted(Decimals.text(spec.distilledGuidance().getAsDouble())));
    }
    warnings.addAll(traits.warnings(spec));
    warnings.addAll(traits.settings(spec).warnings(spec, pass, prompt, negative));
    return warnings;
  }

  @Override
  public Optional<AllocatedBytes> callMemory(
      PromptSpec spec, ImageSize size, boolean packed, int number, int rows) {
    double image = (double) size.width() / TOKEN * size.height() / TOKEN;
    double references = spec.referenceImages().stream().mapToDouble(ReferenceSize::tokens).sum();
    return Optional.of(
        TransformerMemory.call(
            model.transformer().config(),
            image + references + traits.textTokens(spec),
            packed,
            number,
            rows));
  }

  /**
   * Returns the schedule, the number of reference images and the separate files of VAE and text
   * encoder, as Forge Neo writes them.
   */
  @Override
  public Map<String, String> facts(PromptSpec spec) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(FlowKeys.SCHEDULE, spec.schedule().label());
    traits
        .guidance(spec)
        .ifPresent(scale -> facts.put(FlowKeys.DISTILLED_GUIDANCE, Decimals.text(scale)));
    if (!spec.referenceImages().isEmpty()) {
      facts.put(FlowKeys.REFERENCES, Integer.toString(spec.referenceImages().size()));
    }
    if (traits.padsT5()) {
      spec.promptOptions()
          .t5Tokens()
          .ifPresent(tokens -> facts.put(FlowKeys.T5_TOKENS, Integer.toString(tokens)));
    }
    if (traits.hasFixedShift()) {
      facts.put(FlowKeys.SHIFT, Decimals.text(model.shift()));
    }
    if (!model.checkpoint().isFolder()) {
      List<String> modules =
          Stream.concat(Stream.of(model.vae()), model.texts().encoders().stream())
              .map(ModelFiles.Part::fileName)
              .filter(file -> !file.equals(model.transformer().fileName()))
              .toList();
      for (int i = 0; i < modules.size(); i++) {
        facts.put("Module " + (i + 1), modules.get(i));
      }
    }
    return facts;
  }
}
