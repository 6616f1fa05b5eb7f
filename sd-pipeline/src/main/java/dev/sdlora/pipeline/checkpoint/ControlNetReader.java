package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.pipeline.checkpoint.transformer.KnownModels;
import dev.sdlora.pipeline.network.ControlNetConfig;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.tensors.file.TensorFile;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * Related networks that also make a U-Net follow images, recognised by the start of a tensor
   * name.
   */
  private static final List<Relative> RELATIVES =
      List.of(
          new Relative(
              "lora_controlnet",
              "a Control-LoRA, which only has the changes that turn the U-Net into a ControlNet,"
                  + " which is not supported"),
          new Relative(
              "task_embedding",
              "a ControlNet Union, one network for several kinds of control images, which is not"
                  + " supported"),
          new Relative(
              "control_add_embedding.",
              "a ControlNet Union, one network for several kinds of control images, which is not"
                  + " supported"),
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
   * Finds the network in a file; reads only the header.
   *
   * @param heads returns the attention heads of a level by its channel count; no tensor shows them
   * @throws CheckpointException if it is something else
   */
  public static NetworkFile<ControlNetConfig> read(TensorFile file, IntUnaryOperator heads) {
    refuseRelatives(file);
    if (file.find(HINT + "conv_in.weight").isPresent()) {
      return diffusers(file, heads);
    }
    for (String prefix : List.of("control_model.", "")) {
      if (file.find(prefix + "input_hint_block.0.weight").isPresent()) {
        return original(file, prefix, heads);
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

  private static NetworkFile<ControlNetConfig> diffusers(TensorFile file, IntUnaryOperator heads) {
    FileTensors tensors = new FileTensors(file, "ControlNet", name -> name);
    int hintBlocks =
        tensors.count(
            Pattern.compile("controlnet_cond_embedding\\.blocks\\.(\\d+)\\."), MAX_HINT_BLOCKS);
    return read(tensors, UNetBlocks.ofDiffusers(tensors), hintBlocks, heads);
  }

  private static NetworkFile<ControlNetConfig> original(
      TensorFile file, String prefix, IntUnaryOperator heads) {
    UNetBlocks blocks = UNetBlocks.ofLdm(file, prefix);
    Pattern hint = Pattern.compile(Pattern.quote(prefix) + "input_hint_block\\.(\\d+)\\.");
    // Layers and activations alternate, from the first layer to the last.
    int hintLayers =
        new FileTensors(file, "ControlNet", name -> name).count(hint, 0, 2, MAX_HINT_BLOCKS + 2);
    int hintBlocks = Math.max(hintLayers - 2, 0);
    Names unet = LdmNames.unet(prefix, blocks.layers(), blocks.transformers());
    FileTensors tensors =
        new FileTensors(
            file,
            "ControlNet",
            name -> isOwn(name) ? prefix + originalName(name, hintBlocks) : unet.inFile(name));
    return read(tensors, blocks, hintBlocks, heads);
  }

  /** Whether the weight exists only in ControlNets, not in U-Nets. */
  private static boolean isOwn(String name) {
    return name.startsWith(HINT) || name.startsWith(DOWN) || name.startsWith(MIDDLE);
  }

  private static String originalName(String name, int hintBlocks) {
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

  private static NetworkFile<ControlNetConfig> read(
      FileTensors tensors, UNetBlocks blocks, int hintBlocks, IntUnaryOperator heads) {
    UNetConfig unet = NetworkShapes.unetEncoder(tensors, blocks, heads);
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
    ControlNetConfig config = new ControlNetConfig(unet, hint);
    return new NetworkFile<>(tensors.path(), config, tensors.resolve(config.weights()));
  }
}
