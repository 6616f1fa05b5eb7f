package dev.sdlora.families.chroma;

import dev.sdlora.families.flux1.Flux1Config;
import dev.sdlora.families.flux1.Modulation;
import dev.sdlora.families.network.WeightList;
import dev.sdlora.families.transformer.WeightShapes;
import dev.sdlora.tensors.torch.Program;
import java.util.List;
import java.util.Map;

/**
 * One network for all blocks, which reads the time: the distilled guidance layer of Chroma
 * (Lodestone Rock 2025).
 *
 * @param inputs width of its input
 * @param hidden width of its layers
 * @param layers the number of its layers
 */
public record Approximator(int inputs, int hidden, int layers) implements Modulation {
  /** The beginning of the names of its weights. */
  static final String NAME = "distilled_guidance_layer.";

  /**
   * Derives the dimensions of a transformer from the shapes of its weights, as {@link
   * Flux1Config#of} does for FLUX.1.
   *
   * @param shapes shapes by diffusers' names; further ones are ignored
   * @throws IllegalArgumentException if a weight that tells a dimension is missing
   */
  public static Flux1Config config(Map<String, List<Long>> shapes) {
    WeightShapes weights = new WeightShapes("Chroma", shapes);
    return Flux1Config.of(
        weights,
        new Approximator(
            weights.side(NAME + "in_proj.weight", 1),
            weights.side(NAME + "in_proj.weight", 0),
            weights.count(NAME + "norms.", ".weight")));
  }

  @Override
  public void addWeights(WeightList list, int width) {
    list.linear(NAME + "in_proj", inputs, hidden);
    for (int i = 0; i < layers; i++) {
      list.add(NAME + "norms." + i + ".weight", hidden);
      list.linear(NAME + "layers." + i + ".linear_1", hidden, hidden);
      list.linear(NAME + "layers." + i + ".linear_2", hidden, hidden);
    }
    list.linear(NAME + "out_proj", hidden, width);
  }

  @Override
  public boolean isInBlocks() {
    return false;
  }

  @Override
  public boolean countsTokens() {
    return true;
  }

  /** {@inheritDoc} Chroma does not fill prompts up. */
  @Override
  public int usualTokens() {
    return 64;
  }

  @Override
  public List<Program.Source> methods() {
    return Program.Source.beside(Approximator.class, "chroma.torchscript.py");
  }

  @Override
  public List<Program.Source> functions() {
    return Program.Source.beside(Approximator.class, "chroma_parts.torchscript.py");
  }
}
