package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.weights.Origin;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A checked checkpoint: the dimensions of its networks and the location of each weight. */
public interface ModelFiles {
  /** The description for callers. */
  Checkpoint checkpoint();

  /** The autoencoder. */
  Part<VaeConfig> vae();

  /**
   * Returns a copy whose denoiser has another prediction type.
   *
   * @throws dev.sdlora.api.error.CheckpointException if the model always predicts the same quantity
   */
  ModelFiles predicting(PredictionType type);

  /** Returns the width of each text encoder's states for which embeddings have vectors. */
  List<Integer> textWidths();

  /** Returns the locations of the weights that LoRAs can change. */
  Map<Network, Map<String, Origin>> patchable();

  /** Returns the layers that LoRAs can change, under all names that LoRA files use for them. */
  default ModuleIndex layers() {
    Map<Network, Map<String, List<Long>>> shapes = new EnumMap<>(Network.class);
    patchable()
        .forEach(
            (network, weights) -> {
              Map<String, List<Long>> ofNetwork = new LinkedHashMap<>();
              weights.forEach((name, origin) -> ofNetwork.put(name, origin.shape()));
              shapes.put(network, ofNetwork);
            });
    return ModuleIndex.of(shapes, checkpoint().family());
  }

  /** Returns the number of the denoiser's parameters. */
  default long size() {
    return patchable().getOrDefault(Network.UNET, Map.of()).values().stream()
        .mapToLong(origin -> origin.entry().elements())
        .sum();
  }

  /**
   * One network.
   *
   * @param <C> the type of its dimensions
   * @param config its dimensions
   * @param weights the location of each weight, by the name that the network uses
   */
  record Part<C>(C config, Map<String, Origin> weights) {
    /** Returns the name of its first file, without the extension. */
    public String fileName() {
      String name = String.valueOf(weights.values().iterator().next().file().path().getFileName());
      int dot = name.lastIndexOf('.');
      return dot > 0 ? name.substring(0, dot) : name;
    }

    /** Returns the number of parameters. */
    public long size() {
      return weights.values().stream().mapToLong(origin -> origin.entry().elements()).sum();
    }
  }
}
