package dev.sdlora.pipeline.make.tensors;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.SingleFileNames;
import dev.sdlora.families.checkpoint.SingleFileSigns;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.layout.OpenClipNames;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.make.tensors.StoredTensor.Piece;
import dev.sdlora.pipeline.make.tensors.StoredTensor.Place;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.file.TensorView;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A checkpoint in single-file layout; a transformer in its own layout.
 *
 * @param tensors all its tensors
 * @param signs the settings that a folder stores in settings files
 * @param metadata the metadata of the file
 */
public record SingleFileTensors(
    List<StoredTensor> tensors, SingleFileSigns signs, Map<String, String> metadata) {

  public static SingleFileTensors of(ModelFiles model) {
    if (model instanceof TransformerModel transformer) {
      return new TransformerTensors(transformer).all();
    }
    return of((UNetFiles) model);
  }

  private static SingleFileTensors of(UNetFiles model) {
    if (!model.checkpoint().isFolder()) {
      TensorFile file = model.unet().weights().values().iterator().next().file();
      return new SingleFileTensors(ofFile(model, file), SingleFileSigns.NONE, file.metadata());
    }
    SingleFileSigns signs = SingleFileSigns.of(model);
    return new SingleFileTensors(ofFolder(model), signs, signs.metadata());
  }

  /** Returns the files that it is read from. */
  public List<Path> files() {
    return tensors.stream()
        .flatMap(tensor -> tensor.pieces().stream())
        .flatMap(piece -> piece.file().parts().stream())
        .distinct()
        .toList();
  }

  private static List<StoredTensor> ofFile(UNetFiles model, TensorFile file) {
    Map<String, List<Place>> weights = new HashMap<>();
    Map<Long, List<Place>> places = new HashMap<>();
    model
        .patchable()
        .forEach(
            (network, all) ->
                all.forEach(
                    (name, origin) -> {
                      Place place = new Place(network, name, origin);
                      weights
                          .computeIfAbsent(
                              OpenClipNames.stored(origin.entry().name()),
                              stored -> new ArrayList<>())
                          .add(place);
                      if (origin.file().path().equals(file.path())) {
                        places.put(origin.entry().offset(), List.of(place));
                      }
                    }));
    // A denoiser alone was opened with other names in addition to its own.
    Set<String> own = TensorFile.open(file.path()).tensors().keySet();
    return file.tensors().values().stream()
        .filter(entry -> own.contains(entry.name()))
        .map(
            entry -> {
              List<Place> named = weights.getOrDefault(entry.name(), List.of());
              return new StoredTensor(
                  entry.name(),
                  pieces(
                      file,
                      entry,
                      named.isEmpty() ? places.getOrDefault(entry.offset(), named) : named));
            })
        .toList();
  }

  /** Returns a tensor, or the weights fused in it. */
  private static List<Piece> pieces(TensorFile file, TensorEntry entry, List<Place> weights) {
    if (weights.size() > 1) {
      return weights.stream()
          .sorted(Comparator.comparingLong(place -> place.origin().entry().offset()))
          .map(
              place ->
                  new Piece(
                      place.origin().file(),
                      place.origin().entry(),
                      Optional.of(place),
                      StoredOrder.SAME))
          .toList();
    }
    Optional<Place> weight = weights.stream().findFirst();
    boolean turned =
        weight
            .filter(place -> OpenClipNames.isTransposed(place.origin().entry().name()))
            .isPresent();
    return List.of(
        new Piece(file, entry, weight, turned ? StoredOrder.TRANSPOSED : StoredOrder.SAME));
  }

  private static List<StoredTensor> ofFolder(UNetFiles model) {
    ModelFamily family = model.checkpoint().family();
    Tensors tensors = new Tensors();
    for (int i = 0; i < model.textEncoders().size(); i++) {
      ModelFiles.Part<ClipConfig> encoder = model.textEncoders().get(i);
      UnaryOperator<String> names = SingleFileNames.textEncoder(family, i);
      tensors.add(encoder.weights(), names, Optional.of(Network.textEncoder(i)));
      if (SingleFileNames.hasUnreadLayer(family, i)) {
        tensors.add(unreadLayer(encoder), names, Optional.empty());
      }
    }
    tensors.add(
        model.unet().weights(),
        SingleFileNames.unet(model.unet().config()),
        Optional.of(Network.UNET));
    tensors.add(model.vae().weights(), SingleFileNames.vae(model.vae().config()), Optional.empty());
    return tensors.fused();
  }

  /**
   * Returns the layer after the last one. It is a copy of the last layer, because nothing reads it.
   */
  private static Map<String, Origin> unreadLayer(ModelFiles.Part<ClipConfig> encoder) {
    int layers = encoder.config().layers();
    String last = "text_model.encoder.layers." + (layers - 1) + ".";
    Map<String, Origin> unread = new LinkedHashMap<>();
    encoder
        .weights()
        .forEach(
            (name, origin) -> {
              if (name.startsWith(last)) {
                String part = name.substring(last.length());
                unread.put("text_model.encoder.layers." + layers + "." + part, origin);
              }
            });
    return unread;
  }

  /** Collects the tensors of a file to write, piece by piece. */
  private static final class Tensors {
    private final Map<String, List<Piece>> pieces = new LinkedHashMap<>();

    /**
     * Adds the weights of a network.
     *
     * @param names maps to the names in the file to write
     * @param network the network for LoRAs; empty if they cannot change it
     */
    void add(Map<String, Origin> weights, UnaryOperator<String> names, Optional<Network> network) {
      weights.forEach(
          (name, origin) -> {
            String view = names.apply(name);
            pieces
                .computeIfAbsent(OpenClipNames.stored(view), stored -> new ArrayList<>())
                .add(
                    piece(
                        name,
                        origin,
                        OpenClipNames.isTransposed(view),
                        network.map(known -> new Place(known, name, origin))));
          });
    }

    private static Piece piece(String name, Origin origin, boolean turned, Optional<Place> weight) {
      TensorEntry entry = origin.entry();
      if (turned) {
        TensorView view = TensorView.transposed(origin.file(), entry, entry.name());
        return new Piece(
            origin.file().with(List.of(view)), view.entry(), weight, StoredOrder.TRANSPOSED);
      }
      return new Piece(
          origin.file(),
          entry.reshaped(SingleFileNames.shape(name, origin.shape())),
          weight,
          StoredOrder.SAME);
    }

    List<StoredTensor> fused() {
      return pieces.entrySet().stream()
          .map(tensor -> new StoredTensor(tensor.getKey(), tensor.getValue()))
          .toList();
    }
  }
}
