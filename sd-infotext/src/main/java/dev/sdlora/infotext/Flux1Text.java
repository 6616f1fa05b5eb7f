package dev.sdlora.infotext;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.value.Decimals;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A request as other programs' texts mean it for FLUX.1, where only the checkpoint tells that it is
 * FLUX.1.
 *
 * <p>ComfyUI pads the texts of T5 to 256 tokens. It draws for SwarmUI and for Civitai, whose texts
 * name no program, and has nodes that write A1111's texts with the version "ComfyUI". Other
 * programs without a number of tokens, such as SD.Next and InvokeAI, run diffusers or its rule.
 *
 * <p>Civitai's texts are read as Forge does: what they name CFG scale is the distilled guidance,
 * and the sampler "Undefined" is Euler with the schedule Simple.
 *
 * @param spec the request with the settings that the text means
 * @param warnings the sentence about it; empty if nothing was changed
 */
public record Flux1Text(PromptSpec spec, List<String> warnings) {
  /** The key of the list of models in Civitai's texts. */
  private static final String RESOURCES = "Civitai resources";

  /** The beginnings of versions of programs that draw with ComfyUI. */
  private static final Pattern COMFY = Pattern.compile("(?i)comfyui|(?:stable)?swarmui");

  private static final int COMFY_T5_TOKENS = 256;

  /** Copies the list. */
  public Flux1Text {
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads a request. One with a number of tokens keeps it, and one with a distilled guidance keeps
   * its CFG scale.
   */
  public static Flux1Text of(PromptSpec spec, Checkpoint checkpoint) {
    return checkpoint.family() == ModelFamily.FLUX1
        ? guided(padded(spec), checkpoint)
        : new Flux1Text(spec, List.of());
  }

  private static PromptSpec padded(PromptSpec spec) {
    Map<String, String> parameters = spec.otherParameters();
    String version = parameters.get("Version");
    boolean isComfy =
        version == null ? parameters.containsKey(RESOURCES) : COMFY.matcher(version).lookingAt();
    return isComfy && spec.promptOptions().t5Tokens().isEmpty()
        ? spec.toBuilder().promptOptions(spec.promptOptions().withT5Tokens(COMFY_T5_TOKENS)).build()
        : spec;
  }

  private static Flux1Text guided(PromptSpec spec, Checkpoint checkpoint) {
    Map<String, String> parameters = spec.otherParameters();
    if (checkpoint.defaults().distilledGuidance().isEmpty()
        || !parameters.containsKey(RESOURCES)
        || spec.distilledGuidance().isPresent()
        || spec.cfgScale() <= 1) {
      return new Flux1Text(spec, List.of());
    }
    PromptSpec.Builder meant = spec.toBuilder().cfgScale(1).distilledGuidance(spec.cfgScale());
    if ("Undefined".equals(parameters.get("Sampler"))
        && spec.sampler() == PromptSpec.builder().sampler()) {
      meant.sampler(Sampler.EULER).schedule(Schedule.SIMPLE);
    }
    return new Flux1Text(
        meant.build(),
        List.of(
            "the text is from Civitai, whose CFG scale for FLUX.1 is the distilled guidance: distilledGuidance is %s and cfgScale 1; set distilledGuidance to keep a cfgScale"
                .formatted(Decimals.text(spec.cfgScale()))));
  }
}
