package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.pipeline.network.RrdbConfig;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Opens files of upscalers in the layouts that ESRGAN's generator has been saved in. */
public final class UpscalerReader {
  /** What trainers wrap the weights in; averaged ones come first. */
  private static final List<String> WRAPPERS = List.of("params_ema.", "params.", "");

  /** The largest published one has 23. */
  private static final int MAX_BLOCKS = 256;

  /** From 1 × 1 to 64 × 64 pixels. */
  private static final int MAX_DOUBLINGS = 6;

  private UpscalerReader() {}

  /**
   * Opens a file; reads its header only.
   *
   * @throws CheckpointException if it is not such a network
   * @throws dev.sdlora.api.TensorFileException if it is missing, damaged or no tensor file
   */
  public static NetworkFile<RrdbConfig> read(Path path) {
    TensorFile file = TensorFile.open(path);
    for (String wrapper : WRAPPERS) {
      for (Layout layout : Layout.values()) {
        if (file.find(wrapper + layout.sign).isPresent()) {
          return read(file, wrapper, layout);
        }
      }
    }
    throw new CheckpointException(
        "'%s' is not an upscaler of the ESRGAN architecture: it has none of the tensors %s; the first"
                .formatted(path, Arrays.stream(Layout.values()).map(each -> each.sign).toList())
            + " of its "
            + file.tensors().size()
            + " tensors is '"
            + file.tensors().keySet().stream().findFirst().orElse("")
            + "'",
        ErrorDetails.in(path));
  }

  private static NetworkFile<RrdbConfig> read(TensorFile file, String wrapper, Layout layout) {
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
          "'%s': the upscaler doubles pictures %s times after making them %s times smaller; expected"
                  .formatted(file.path(), doublings, unshuffle)
              + " that they become larger by a whole factor",
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

  /** Relatives of ESRGAN have the same tensors and some more, without which they draw nonsense. */
  private static void refuseRest(TensorFile file, String wrapper, Map<String, Origin> weights) {
    Set<String> used =
        weights.values().stream().map(origin -> origin.entry().name()).collect(Collectors.toSet());
    List<String> rest =
        file.tensors().keySet().stream()
            .filter(name -> name.startsWith(wrapper) && !used.contains(name))
            .toList();
    if (!rest.isEmpty()) {
      throw new CheckpointException(
          "'%s': %s tensors do not belong to an upscaler of the ESRGAN architecture, such as '%s'; it"
                  .formatted(file.path(), rest.size(), rest.get(0))
              + " is probably of a related one, which this version cannot run",
          ErrorDetails.in(file.path()).withTensor(rest.get(0)));
    }
  }

  /** The names that the network has been saved under; those of Real-ESRGAN are used inside. */
  private enum Layout {
    REAL_ESRGAN("body.0.rdb1.conv1.weight", "body\\.(\\d+)\\."),
    ESRGAN("RRDB_trunk.0.RDB1.conv1.weight", "RRDB_trunk\\.(\\d+)\\."),
    /** One row of layers, in which enlarging takes three each and activations count. */
    NUMBERED("model.1.sub.0.RDB1.conv1.0.weight", "model\\.1\\.sub\\.(\\d+)\\.RDB");

    /** A tensor that gives it away. */
    private final String sign;

    /** Matches the tensors of a block, its number first. */
    private final String block;

    Layout(String sign, String block) {
      this.sign = sign;
      this.block = block;
    }

    /** The name of a weight in the file. */
    String name(String name, int blocks, int doublings) {
      int dot = name.lastIndexOf('.');
      String layer = name.substring(0, dot);
      return switch (this) {
            case REAL_ESRGAN -> layer;
            case ESRGAN -> trunk(layer);
            case NUMBERED -> number(layer, blocks, doublings);
          }
          + name.substring(dot);
    }

    private static String trunk(String layer) {
      if (layer.startsWith("body.")) {
        return "RRDB_trunk." + layer.substring(5).replace(".rdb", ".RDB");
      }
      return switch (layer) {
        case "conv_body" -> "trunk_conv";
        case "conv_hr" -> "HRconv";
        default -> layer.replace("conv_up", "upconv");
      };
    }

    private static String number(String layer, int blocks, int doublings) {
      if (layer.startsWith("body.")) {
        return "model.1.sub." + layer.substring(5).replace(".rdb", ".RDB") + ".0";
      }
      if (layer.startsWith("conv_up")) {
        return "model." + 3 * Integer.parseInt(layer.substring(7));
      }
      return switch (layer) {
        case "conv_first" -> "model.0";
        case "conv_body" -> "model.1.sub." + blocks;
        case "conv_hr" -> "model." + (3 * doublings + 2);
        default -> "model." + (3 * doublings + 4);
      };
    }
  }
}
