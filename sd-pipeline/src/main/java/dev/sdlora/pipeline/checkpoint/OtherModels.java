package dev.sdlora.pipeline.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Model families that this library does not run, recognised by tensor names, with or without a
 * prefix.
 */
final class OtherModels {
  private static final List<Family> ALL =
      List.of(
          new Family("Chroma Radiance", has("nerf_final_layer_conv.")),
          new Family("Chroma", has("distilled_guidance_layer.")),
          new Family("FLUX.2", has("double_stream_modulation_img.")),
          new Family(
              "HunyuanVideo",
              has("txt_in.individual_token_refiner.").or(has("context_embedder.token_refiner."))),
          new Family("FLUX.1 [dev]", has("double_blocks.").and(has("guidance_in."))),
          new Family("FLUX.1 [schnell]", has("double_blocks.")),
          new Family("AuraFlow", has("joint_transformer_blocks.").or(has("cond_seq_linear."))),
          new Family(
              "FLUX.1 [dev]",
              has("single_transformer_blocks.").and(has("time_text_embed.guidance_embedder."))),
          new Family("FLUX.1", has("single_transformer_blocks.")),
          new Family("Stable Diffusion 3", has("joint_blocks.")),
          new Family("Lumina-Image 2 or Z-Image", has("cap_embedder.")),
          new Family("Qwen-Image", has("img_mod.1.")),
          new Family("Anima", has("llm_adapter.")),
          new Family("Wan", matches("(^|\\.)blocks\\.\\d+\\.self_attn\\.")),
          new Family("Stable Cascade", has("clip_txt_mapper.").or(has("effnet_mapper."))),
          new Family("PixArt", has("adaln_single.")),
          new Family("Stable Diffusion 3", has("context_embedder.")));

  private OtherModels() {}

  private record Family(String name, Predicate<Set<String>> sign) {}

  private static Predicate<Set<String>> has(String part) {
    String inside = "." + part;
    return names -> names.stream().anyMatch(name -> name.startsWith(part) || name.contains(inside));
  }

  private static Predicate<Set<String>> matches(String part) {
    Predicate<String> found = Pattern.compile(part).asPredicate();
    return names -> names.stream().anyMatch(found);
  }

  /** Returns the name of the family of a file with these tensor names. */
  static Optional<String> find(Set<String> names) {
    return ALL.stream().filter(family -> family.sign.test(names)).map(Family::name).findFirst();
  }
}
