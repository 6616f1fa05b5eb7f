package dev.sdlora.families.checkpoint.auxiliary;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.value.UnionType;
import dev.sdlora.families.KnownModels;
import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.LdmNames;
import dev.sdlora.families.checkpoint.layout.Names;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.checkpoint.layout.NetworkShapes;
import dev.sdlora.families.checkpoint.layout.UNetBlocks;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.control.ControlNetConfig;
import dev.sdlora.families.network.control.ControlNetUnionConfig;
import dev.sdlora.tensors.file.TensorFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;

/** Opens ControlNets that use the tensor names of the original code or of diffusers. */
public final class ControlNetReader {
  private static final String HINT = "controlnet_cond_embedding.";
  private static final String DOWN = "controlnet_down_blocks.";
  private static final String MIDDLE = "controlnet_mid_block.";

  /** Upper bound; all published ControlNets have 6. */
  private static final int MAX_HINT_BLOCKS = 32;

  /** Upper bound; the published ControlNets Union have 1. */
  private static final int MAX_UNION_LAYERS = 32;

  /** The weights that only a ControlNet Union has. */
  private static final Pattern UNION_NAME =
      Pattern.compile(
          "(control_model\\.)?(task_embedding|(control_add_embedding|transformer_layes|spatial_ch_projs)\\..*)");

  private static final Pattern LAYERS =
      Pattern.compile("(?:control_model\\.)?transformer_layes\\.(\\d+)\\.");

  /**
   * Related networks that also make a U-Net follow images, recognised by the start of a tensor
   * name.
   */
  private static final List<Relative> RELATIVES =
      List.of(
          new Relative("lllite_", "a ControlNet-LLLite, which is not supported"),
          new Relative("ip_adapter.", "an IP-Adapter, which belongs in an image prompt"));

  private ControlNetReader() {}

  /**
   * A kind of network that is not a ControlNet.
   *
   * @param begin the start of one of its tensor names
   * @param is the description for the error message
   */
  private record Relative(String begin, String is) {}

  /**
   * The tensors of a network and what their names tell.
   *
   * @param tensors the tensors by diffusers' names
   * @param hintBlocks the layers that read the image, between the first and the last
   */
  private record Found(FileTensors tensors, UNetBlocks blocks, int hintBlocks) {}

  /**
   * Finds the network in a file; reads only the header.
   *
   * @param heads returns the attention heads of a level by its channel count; no tensor shows them
   * @throws CheckpointException if it is something else
   */
  public static NetworkFile<ControlNetConfig> read(TensorFile file, IntUnaryOperator heads) {
    Found found = find(file);
    ControlNetConfig config = config(found, heads);
    return new NetworkFile<>(file.path(), config, found.tensors.resolve(config.weights()));
  }

  /** Whether a file has the layers of a ControlNet Union. */
  public static boolean isUnion(TensorFile file) {
    return file.tensors().keySet().stream().anyMatch(UNION_NAME.asMatchPredicate());
  }

  /**
   * Finds the ControlNet Union in a file; reads only the header.
   *
   * @param heads returns the attention heads of a level by its channel count; no tensor shows them
   * @return the network; empty if the file has another one
   * @throws CheckpointException if the network has other parts than those of Union and ProMax
   */
  public static Optional<NetworkFile<ControlNetUnionConfig>> readUnion(
      TensorFile file, IntUnaryOperator heads) {
    if (!isUnion(file)) {
      return Optional.empty();
    }
    Found found = find(file);
    FileTensors tensors = found.tensors;
    int types = tensors.common(0, "task_embedding");
    if (types != UnionType.UNION && types != UnionType.PROMAX) {
      throw new CheckpointException(
          "'%s' is a ControlNet Union with %s types of control images, expected %s (Union) or %s (ProMax)"
              .formatted(file.path(), types, UnionType.UNION, UnionType.PROMAX),
          ErrorDetails.in(file.path()));
    }
    int layers = tensors.count(LAYERS, MAX_UNION_LAYERS);
    ControlNetUnionConfig config =
        new ControlNetUnionConfig(
            config(found, heads),
            types,
            Math.max(1, layers),
            tensors.common(1, "control_add_embedding.linear_1.weight") / types);
    return Optional.of(new NetworkFile<>(file.path(), config, tensors.resolve(config.weights())));
  }

  private static Found find(TensorFile file) {
    refuseRelatives(file);
    if (file.find(HINT + "conv_in.weight").isPresent()) {
      return diffusers(file);
    }
    for (String prefix : List.of("control_model.", "")) {
      if (file.find(prefix + "input_hint_block.0.weight").isPresent()) {
        return original(file, prefix);
      }
    }
    throw new CheckpointException(
        "'"
            + file.path()
            + "' is not a ControlNet or T2I-Adapter: it has none of the tensors"
            + " 'control_model.input_hint_block.0.weight', 'input_hint_block.0.weight' and '"
            + HINT
            + "conv_in.weight'",
        ErrorDetails.in(file.path()));
  }

  private static void refuseRelatives(TensorFile file) {
    Set<String> names = file.tensors().keySet();
    for (Relative relative : RELATIVES) {
      if (names.stream().anyMatch(name -> name.startsWith(relative.begin))) {
        throw new CheckpointException(
            "'%s' is %s; expected a ControlNet or T2I-Adapter".formatted(file.path(), relative.is),
            ErrorDetails.in(file.path()));
      }
    }
    KnownModels.find(file.tensors())
        .ifPresent(
            other -> {
              throw new CheckpointException(
                  "'%s' is for %s, which is not supported; expected a network for SD 1.x, SD 2.x or SDXL"
                      .formatted(file.path(), other.name()),
                  ErrorDetails.in(file.path()));
            });
  }

  private static Found diffusers(TensorFile file) {
    FileTensors tensors = new FileTensors(file, "ControlNet", name -> unionName(file, "", name));
    int hintBlocks =
        tensors.count(
            Pattern.compile("controlnet_cond_embedding\\.blocks\\.(\\d+)\\."), MAX_HINT_BLOCKS);
    return new Found(tensors, UNetBlocks.ofDiffusers(tensors), hintBlocks);
  }

  private static Found original(TensorFile file, String prefix) {
    UNetBlocks blocks = UNetBlocks.ofLdm(file, prefix);
    int hintBlocks = hintBlocks(file, prefix);
    Names unet = LdmNames.unet(prefix, blocks.layers(), blocks.transformers());
    FileTensors tensors =
        new FileTensors(
            file,
            "ControlNet",
            name -> {
              if (UNION_NAME.matcher(name).matches()) {
                return unionName(file, prefix, name);
              }
              return isOwn(name) ? prefix + originalName(name, hintBlocks) : unet.inFile(name);
            });
    return new Found(tensors, blocks, hintBlocks);
  }

  /** Counts the layers that read the image, between the first and the last, in the names of LDM. */
  static int hintBlocks(TensorFile file, String prefix) {
    Pattern hint = Pattern.compile(Pattern.quote(prefix) + "input_hint_block\\.(\\d+)\\.");
    // Layers and activations alternate, from the first layer to the last.
    int layers =
        new FileTensors(file, "ControlNet", name -> name).count(hint, 0, 2, MAX_HINT_BLOCKS + 2);
    return Math.max(layers - 2, 0);
  }

  /**
   * Returns the name of a weight of a ControlNet Union. Its attention has PyTorch's names, {@code
   * in_proj_weight}, or those of A1111 and ComfyUI, {@code in_proj.weight}.
   */
  private static String unionName(TensorFile file, String prefix, String name) {
    String same = prefix + name;
    return file.find(same).isPresent() ? same : same.replace(".in_proj.", ".in_proj_");
  }

  /** Whether the weight exists only in ControlNets, not in U-Nets. */
  static boolean isOwn(String name) {
    return name.startsWith(HINT) || name.startsWith(DOWN) || name.startsWith(MIDDLE);
  }

  /** Returns the name of such a weight in the names of LDM. */
  static String originalName(String name, int hintBlocks) {
    String end = name.substring(name.lastIndexOf('.'));
    if (name.startsWith(DOWN)) {
      return "zero_convs."
          + name.substring(DOWN.length(), name.length() - end.length())
          + ".0"
          + end;
    }
    if (name.startsWith(MIDDLE)) {
      return "middle_block_out.0" + end;
    }
    String layer = name.substring(HINT.length(), name.length() - end.length());
    int number =
        switch (layer) {
          case "conv_in" -> 0;
          case "conv_out" -> hintBlocks + 1;
          default -> 1 + Integer.parseInt(layer.substring("blocks.".length()));
        };
    return "input_hint_block." + 2 * number + end;
  }

  private static ControlNetConfig config(Found found, IntUnaryOperator heads) {
    FileTensors tensors = found.tensors;
    UNetConfig unet = NetworkShapes.unetEncoder(tensors, found.blocks, heads);
    return new ControlNetConfig(unet, hintChannels(tensors, found.hintBlocks));
  }

  /** Returns the channels of the layers that read the image. */
  static List<Integer> hintChannels(FileTensors tensors, int hintBlocks) {
    if (hintBlocks % 2 != 0) {
      throw new CheckpointException(
          "'%s': the ControlNet has %s layers between the first and the last that read the image,"
                  .formatted(tensors.path(), hintBlocks)
              + " expected pairs",
          ErrorDetails.in(tensors.path()));
    }
    List<Integer> hint = new ArrayList<>(List.of(tensors.common(0, HINT + "conv_in.weight")));
    for (int i = 1; i < hintBlocks; i += 2) {
      hint.add(tensors.common(0, HINT + "blocks." + i + ".weight"));
    }
    return hint;
  }
}
