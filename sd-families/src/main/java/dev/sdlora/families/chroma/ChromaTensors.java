package dev.sdlora.families.chroma;

import dev.sdlora.families.checkpoint.transformer.DenoiserTensors;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Place;
import dev.sdlora.families.flux1.Flux1Tensors;
import java.util.List;

/** The tensors of Chroma's transformer: FLUX.1's, with one modulation for all blocks. */
final class ChromaTensors extends Flux1Tensors {
  ChromaTensors() {
    super("Chroma transformer", ChromaTensors::approximator);
  }

  @Override
  protected String prefix(String sign) {
    return DenoiserTensors.prefix(sign, Approximator.NAME);
  }

  @Override
  public List<Place> places(String name) {
    if (!name.startsWith(Approximator.NAME)) {
      return super.places(name);
    }
    String stored =
        name.contains(".norms.")
            ? name.replace(".weight", ".scale")
            : name.replace(".linear_1.", ".in_layer.").replace(".linear_2.", ".out_layer.");
    return List.of(Place.whole(stored), Place.whole(name));
  }

  private static Approximator approximator(StoredNetwork network) {
    String name = Approximator.NAME;
    return new Approximator(
        size(network, 1, name + "in_proj.weight"),
        size(network, 0, name + "in_proj.bias", name + "norms.0.weight"),
        Math.max(1, network.blocks("distilled_guidance_layer\\.layers\\.(\\d+)\\.")));
  }
}
