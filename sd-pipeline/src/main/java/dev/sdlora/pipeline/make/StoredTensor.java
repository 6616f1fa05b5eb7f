package dev.sdlora.pipeline.make;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.checkpoint.SingleFileNames;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.file.WeightScales;
import dev.sdlora.tensors.weights.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A tensor of a checkpoint with what it will be called in a single file.
 *
 * @param name in the file to write
 * @param file where it lies now
 * @param entry what it is there
 * @param shape in the file to write
 * @param weight which weight it is, if it is one that LoRAs can change
 */
record StoredTensor(
    String name, TensorFile file, TensorEntry entry, List<Long> shape, Optional<Place> weight) {

  /** Where a weight is, under its name inside this library. */
  record Place(Network network, String name, Origin origin) {}

  /** All tensors of a checkpoint. */
  static List<StoredTensor> of(ModelFiles model) {
    return model.checkpoint().layout() == Checkpoint.Layout.SINGLE_FILE
        ? ofFile(model)
        : ofFolder(model);
  }

  /** The format to write it in: its own, but for floats of 8 bits, which are widened. */
  DType format() {
    return entry.dtype().isFloat8() ? DType.F16 : entry.dtype();
  }

  /** What the file tells about itself; nothing for a folder. */
  static Map<String, String> metadata(ModelFiles model) {
    return model.checkpoint().layout() == Checkpoint.Layout.SINGLE_FILE
        ? file(model).metadata()
        : Map.of();
  }

  private static TensorFile file(ModelFiles model) {
    return model.unet().weights().values().iterator().next().file();
  }

  private static List<StoredTensor> ofFile(ModelFiles model) {
    Map<String, Place> weights = new HashMap<>();
    model
        .patchable()
        .forEach(
            (network, all) ->
                all.forEach(
                    (name, origin) ->
                        weights.put(origin.entry().name(), new Place(network, name, origin))));
    TensorFile file = file(model);
    return file.tensors().values().stream()
        .filter(entry -> !WeightScales.isNote(entry.name()))
        .map(
            entry ->
                new StoredTensor(
                    entry.name(),
                    file,
                    entry,
                    entry.shape(),
                    Optional.ofNullable(weights.get(entry.name()))))
        .toList();
  }

  private static List<StoredTensor> ofFolder(ModelFiles model) {
    Checkpoint checkpoint = model.checkpoint();
    if (checkpoint.family() != ModelFamily.SD1) {
      throw new CheckpointException(
          "'%s' is a folder of %s; expected a single file, since only folders of SD 1.x become one"
              .formatted(checkpoint.path(), checkpoint.family().label()),
          ErrorDetails.in(checkpoint.path()).withFamilies(ModelFamily.SD1, checkpoint.family()));
    }
    List<StoredTensor> tensors = new ArrayList<>();
    add(
        tensors,
        model.textEncoders().get(0).weights(),
        SingleFileNames.textEncoder(),
        Network.TEXT_ENCODER);
    add(tensors, model.unet().weights(), SingleFileNames.unet(model.unet().config()), Network.UNET);
    UnaryOperator<String> names = SingleFileNames.vae(model.vae().config());
    model
        .vae()
        .weights()
        .forEach(
            (name, origin) ->
                tensors.add(
                    new StoredTensor(
                        names.apply(name),
                        origin.file(),
                        origin.entry(),
                        SingleFileNames.shape(name, origin.shape()),
                        Optional.empty())));
    return tensors;
  }

  private static void add(
      List<StoredTensor> tensors,
      Map<String, Origin> weights,
      UnaryOperator<String> names,
      Network network) {
    weights.forEach(
        (name, origin) ->
            tensors.add(
                new StoredTensor(
                    names.apply(name),
                    origin.file(),
                    origin.entry(),
                    origin.shape(),
                    Optional.of(new Place(network, name, origin)))));
  }

  /** Its bytes as they are; what is of 8 bits, widened. */
  SafetensorsWriter.Source copy(OpenFiles files) {
    return entry.dtype().isFloat8()
        ? channel ->
            SafetensorsWriter.floats(files.of(file).floats(entry), format()).writeTo(channel)
        : channel -> channel.write(files.of(file).bytes(entry));
  }
}
