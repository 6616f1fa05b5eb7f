package dev.sdlora.families.flux1;

import dev.sdlora.families.network.WeightList;
import dev.sdlora.tensors.torch.Program;
import java.util.List;

/**
 * Layers of its own in each block, which read time, pooled text and guidance.
 *
 * @param pooledWidth width of the pooled text
 * @param isGuided whether the network reads the guidance scale: dev does, schnell does not
 */
public record OwnLayers(int pooledWidth, boolean isGuided) implements Modulation {
  static final String TIME = "time_text_embed.";
  static final String GUIDANCE = TIME + "guidance_embedder.";

  private static final int SINUSOID = 256;

  @Override
  public void addWeights(WeightList list, int width) {
    twoLayers(list, TIME + "timestep_embedder.", SINUSOID, width);
    if (isGuided) {
      twoLayers(list, GUIDANCE, SINUSOID, width);
    }
    twoLayers(list, TIME + "text_embedder.", pooledWidth, width);
  }

  private static void twoLayers(WeightList list, String name, long in, int width) {
    list.linear(name + "linear_1", in, width);
    list.linear(name + "linear_2", width, width);
  }

  @Override
  public boolean isInBlocks() {
    return true;
  }

  @Override
  public boolean countsTokens() {
    return false;
  }

  /** {@inheritDoc} FLUX.1 fills prompts up. */
  @Override
  public int usualTokens() {
    return 512;
  }

  @Override
  public List<Program.Source> methods() {
    return Program.Source.beside(OwnLayers.class, "flux1.torchscript.py");
  }
}
