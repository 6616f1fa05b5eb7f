package dev.sdlora.pipeline.make.tensors;

import dev.sdlora.families.checkpoint.SingleFileSigns;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.transformer.Distillation;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.checkpoint.transformer.ViewNames;
import dev.sdlora.pipeline.make.tensors.StoredTensor.Piece;
import dev.sdlora.pipeline.make.tensors.StoredTensor.Place;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of a transformer's file or shards with their own names and shapes, each with the
 * weights that are views of it. Networks in other files are left out.
 */
final class TransformerTensors {
  private final TransformerModel model;
  private final NetworkWeights stored;

  TransformerTensors(TransformerModel model) {
    this.model = model;
    this.stored = model.stored();
  }

  SingleFileTensors all() {
    Map<String, List<Place>> weights = weights();
    return new SingleFileTensors(
        stored.names().stream()
            .map(name -> tensor(name, weights.getOrDefault(name, List.of())))
            .toList(),
        SingleFileSigns.NONE,
        metadata());
  }

  private Map<String, List<Place>> weights() {
    Map<String, List<Place>> weights = new HashMap<>();
    model
        .patchable()
        .forEach(
            (network, all) ->
                all.forEach(
                    (name, origin) -> {
                      String tensor = ViewNames.stored(stored, origin.entry().name());
                      if (isStored(tensor, origin)) {
                        weights
                            .computeIfAbsent(tensor, each -> new ArrayList<>())
                            .add(new Place(network, name, origin));
                      }
                    }));
    return weights;
  }

  private boolean isStored(String tensor, Origin origin) {
    return stored.find(tensor).isPresent()
        && stored.fileOf(tensor).path().equals(origin.file().path());
  }

  private StoredTensor tensor(String name, List<Place> weights) {
    TensorFile file = stored.fileOf(name);
    TensorEntry entry = stored.find(name).orElseThrow();
    if (weights.size() < 2) {
      Optional<Place> weight = weights.stream().findFirst();
      boolean swapped =
          weight.filter(place -> ViewNames.isSwapped(place.origin().entry().name())).isPresent();
      StoredOrder order = swapped ? StoredOrder.HALVES_SWAPPED : StoredOrder.SAME;
      return new StoredTensor(name, List.of(new Piece(file, entry, weight, order)));
    }
    return new StoredTensor(
        name,
        weights.stream()
            .sorted(Comparator.comparingLong(place -> place.origin().entry().offset()))
            .map(
                place ->
                    new Piece(
                        place.origin().file(),
                        place.origin().entry(),
                        Optional.of(place),
                        StoredOrder.SAME))
            .toList());
  }

  /**
   * Returns the metadata of the first file, and whether the model is distilled, which otherwise
   * only the settings of a folder or the name of the file may show.
   */
  private Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    stored.names().stream()
        .findFirst()
        .ifPresent(name -> metadata.putAll(stored.fileOf(name).metadata()));
    metadata.put(Distillation.IS_DISTILLED, Boolean.toString(model.isDistilled()));
    return metadata;
  }
}
