package dev.sdlora.families.checkpoint.auxiliary;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.upscaler.RrdbConfig;
import dev.sdlora.families.network.upscaler.SrvggConfig;
import dev.sdlora.families.network.upscaler.UpscalerConfig;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Opens upscaler files: ESRGAN's generator with any of its namings, and SRVGGNetCompact. */
public final class UpscalerReader {
  /** Prefixes that trainers add to the weights; averaged weights come first. */
  private static final List<String> WRAPPERS = List.of("params_ema.", "params.", "");

  /** Upper bound; the largest published upscaler has 23. */
  private static final int MAX_BLOCKS = 256;

  private static final String SRVGG_SIGN = "body.0.weight";

  /** Upper bound; published upscalers have 35 and 67. */
  private static final int MAX_LAYERS = 1024;

  /** Upper bound: from 1×1 to 64×64 pixels. */
  private static final int MAX_DOUBLINGS = 6;

  private static final int MAX_FACTOR = 1 << MAX_DOUBLINGS;

  private UpscalerReader() {}

  /**
   * Opens a file; reads only the header.
   *
   * @throws CheckpointException if it is not a supported upscaler
   * @throws dev.sdlora.api.error.TensorFileException if it is missing, damaged or not a tensor file
   */
  public static NetworkFile<UpscalerConfig> read(Path path) {
    TensorFile file = TensorFile.open(path);
    for (String wrapper : WRAPPERS) {
      for (RrdbNames names : RrdbNames.values()) {
        if (file.find(wrapper + names.sign).isPresent()) {
          return rrdb(file, wrapper, names);
        }
      }
      if (file.find(wrapper + SRVGG_SIGN).isPresent()) {
        return srvgg(file, wrapper);
      }
    }
    throw new CheckpointException(
        "'%s' is not an upscaler of the ESRGAN family: it has none of the tensors %s; the first"
                .formatted(path, signs())
            + " of its "
            + file.tensors().size()
            + " tensors is '"
            + file.tensors().keySet().stream().findFirst().orElse("")
            + "'",
        ErrorDetails.in(path));
  }

  private static List<String> signs() {
    return Stream.concat(
            Arrays.stream(RrdbNames.values()).map(each -> each.sign), Stream.of(SRVGG_SIGN))
        .toList();
  }

  private static NetworkFile<UpscalerConfig> rrdb(
      TensorFile file, String wrapper, RrdbNames layout) {
    FileTensors bare = new FileTensors(file, "upscaler", name -> name);
    String start = Pattern.quote(wrapper);
    int blocks = bare.count(Pattern.compile(start + layout.block), MAX_BLOCKS);
    int doublings = 0;
    while (doublings < MAX_DOUBLINGS
        && file.find(wrapper + layout.name("conv_up" + (doublings + 1) + ".weight", blocks, 0))
            .isPresent()) {
      doublings++;
    }
    int doubled = doublings;
    FileTensors tensors =
        new FileTensors(file, "upscaler", name -> wrapper + layout.name(name, blocks, doubled));
    int unshuffle = (int) Math.round(Math.sqrt(tensors.common(1, "conv_first.weight") / 3.0));
    if (unshuffle == 0 || (1 << doublings) % unshuffle != 0) {
      throw new CheckpointException(
          "'%s': the upscaler doubles images %s times after shrinking them by a factor of %s; expected"
                  .formatted(file.path(), doublings, unshuffle)
              + " an integer upscaling factor",
          ErrorDetails.in(file.path()));
    }
    String dense = "body.0.rdb1.conv";
    RrdbConfig config =
        new RrdbConfig(
            tensors.common(0, "conv_first.bias", "conv_first.weight", "conv_body.bias"),
            tensors.common(0, dense + "1.bias", dense + "2.bias", dense + "3.bias"),
            blocks,
            unshuffle,
            doublings);
    Map<String, Origin> weights = tensors.resolve(config.weights());
    refuseRest(file, wrapper, weights);
    return new NetworkFile<>(file.path(), config, weights);
  }

  /**
   * Reads a chain of convolutions with activations in between; the last one produces all output
   * pixels.
   */
  private static NetworkFile<UpscalerConfig> srvgg(TensorFile file, String wrapper) {
    FileTensors tensors = new FileTensors(file, "upscaler", name -> wrapper + name);
    Pattern layers = Pattern.compile(Pattern.quote(wrapper) + "body\\.(\\d+)\\.");
    int last = tensors.count(layers, MAX_LAYERS) - 1;
    int channels = tensors.common(0, "body." + last + ".weight", "body." + last + ".bias");
    int factor = (int) Math.round(Math.sqrt(channels / 3.0));
    if (last % 2 != 0 || 3 * factor * factor != channels || factor > MAX_FACTOR) {
      throw new CheckpointException(
          "'%s': the upscaler has %s layers, the last with %s channels; expected alternating convolutions and"
                  .formatted(file.path(), last + 1, channels)
              + " activations, and 3, 12, 27, 48 … channels for a factor of at most "
              + MAX_FACTOR,
          ErrorDetails.in(file.path()));
    }
    SrvggConfig config =
        new SrvggConfig(
            tensors.common(0, "body.0.bias", "body.1.weight", "body.0.weight"), last / 2, factor);
    Map<String, Origin> weights = tensors.resolve(config.weights());
    refuseRest(file, wrapper, weights);
    return new NetworkFile<>(file.path(), config, weights);
  }

  /**
   * Rejects relatives of ESRGAN: they have additional tensors, without which the output is garbage.
   */
  private static void refuseRest(TensorFile file, String wrapper, Map<String, Origin> weights) {
    Set<String> used =
        weights.values().stream().map(origin -> origin.entry().name()).collect(Collectors.toSet());
    List<String> rest =
        file.tensors().keySet().stream()
            .filter(name -> name.startsWith(wrapper) && !used.contains(name))
            .toList();
    if (!rest.isEmpty()) {
      throw new CheckpointException(
          "'%s': %s tensors do not belong to an upscaler of the ESRGAN family, such as '%s'; the file"
                  .formatted(file.path(), rest.size(), rest.get(0))
              + " is probably a related upscaler, which this version cannot run",
          ErrorDetails.in(file.path()).withTensor(rest.get(0)));
    }
  }
}
