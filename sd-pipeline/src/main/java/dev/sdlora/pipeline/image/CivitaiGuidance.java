package dev.sdlora.pipeline.image;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.value.Decimals;
import java.util.List;
import java.util.Map;

/**
 * Reads Civitai's texts for FLUX.1 as Forge does: what they name CFG scale is the distilled
 * guidance, and the sampler "Undefined" is Euler with the schedule Simple.
 *
 * @param spec the request with the settings that the text means
 * @param warnings the sentence about it; empty if nothing was changed
 */
public record CivitaiGuidance(PromptSpec spec, List<String> warnings) {
  /** The key of the list of models in Civitai's texts. */
  private static final String RESOURCES = "Civitai resources";

  /** Copies the list. */
  public CivitaiGuidance {
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads a request. One with a distilled guidance is not changed, so that it can have a CFG scale
   * too.
   */
  public static CivitaiGuidance of(PromptSpec spec, Checkpoint checkpoint) {
    Map<String, String> said = spec.otherParameters();
    boolean readsGuidance =
        checkpoint.family() == ModelFamily.FLUX1
            && checkpoint.defaults().distilledGuidance().isPresent();
    if (!readsGuidance
        || !said.containsKey(RESOURCES)
        || spec.distilledGuidance().isPresent()
        || spec.cfgScale() <= 1) {
      return new CivitaiGuidance(spec, List.of());
    }
    PromptSpec.Builder meant = spec.toBuilder().cfgScale(1).distilledGuidance(spec.cfgScale());
    if ("Undefined".equals(said.get("Sampler"))
        && spec.sampler() == PromptSpec.builder().sampler()) {
      meant.sampler(Sampler.EULER).schedule(Schedule.SIMPLE);
    }
    return new CivitaiGuidance(
        meant.build(),
        List.of(
            "the text is from Civitai, whose CFG scale for FLUX.1 is the distilled guidance: distilledGuidance is %s and cfgScale 1; set distilledGuidance to keep a cfgScale"
                .formatted(Decimals.text(spec.cfgScale()))));
  }
}
