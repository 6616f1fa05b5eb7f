package dev.sdlora.lora.family;

import static dev.sdlora.lora.family.TransformerRule.rule;

import dev.sdlora.api.model.ModelFamily;
import java.util.Optional;
import java.util.stream.Stream;

/** Chroma: the names of its authors, which are those of FLUX.1 in the blocks. */
final class ChromaLayers implements LayerTable {
  private static final TransformerNames NAMES =
      new TransformerNames(
          Flux1Layers.JOINT_ATTENTION.stream(),
          Flux1Layers.BLOCKS.stream(),
          Stream.of(
              rule(
                  "distilled_guidance_layer.layers.#.in_layer",
                  "distilled_guidance_layer.layers.#.linear_1"),
              rule(
                  "distilled_guidance_layer.layers.#.out_layer",
                  "distilled_guidance_layer.layers.#.linear_2")));

  @Override
  public ModelFamily family() {
    return ModelFamily.CHROMA;
  }

  @Override
  public String words() {
    return "chroma";
  }

  @Override
  public String baseVersion(boolean velocity) {
    return "chroma";
  }

  @Override
  public String architecture(boolean velocity) {
    return "chroma";
  }

  @Override
  public String implementation() {
    return "https://huggingface.co/lodestones/Chroma1-HD";
  }

  @Override
  public Optional<TransformerNames> names() {
    return Optional.of(NAMES);
  }

  @Override
  public boolean fits(ModelFamily lora) {
    return lora == ModelFamily.FLUX1 || lora == ModelFamily.CHROMA;
  }
}
