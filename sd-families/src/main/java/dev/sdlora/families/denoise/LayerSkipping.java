package dev.sdlora.families.denoise;

import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.SamplerOptions;
import java.util.List;

/**
 * Skip-layer guidance, as in Stability AI's code for Stable Diffusion 3.5 and in diffusers: away
 * from what the network predicts for the prompt without some of its blocks.
 *
 * @param layers the indices of these blocks; empty for no such guidance
 * @param scale how far to move
 * @param range the part of the pass with this guidance
 * @param planned the number of calls that a pass is expected to make
 */
public record LayerSkipping(List<Integer> layers, double scale, GuidanceRange range, int planned) {
  /** No such guidance. */
  public static final LayerSkipping NONE = new LayerSkipping(List.of(), 0, GuidanceRange.NONE, 1);

  /** Copies the list. */
  public LayerSkipping {
    layers = List.copyOf(layers);
  }

  /** Returns the guidance that a request asks for. */
  public static LayerSkipping of(SamplerOptions options, int planned) {
    return new LayerSkipping(
        options.skipLayers(),
        options.skipLayerScale(),
        GuidanceRange.ofSteps(options.skipLayerStart(), options.skipLayerEnd()),
        planned);
  }

  boolean isActive(int call, double sigma) {
    return !layers.isEmpty() && scale != 0 && range.contains((double) call / planned, sigma);
  }
}
