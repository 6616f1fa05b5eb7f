package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.CheckpointException;
import dev.sdlora.tensors.file.TensorFile;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Recognises by its tensor names what a file is that should be an SD 1.x checkpoint. */
final class FileKind {
  private static final String ONLY_SD1 = "; this version runs SD 1.x checkpoints";

  /** Names that give other things away, and what to say about them; the first that fits counts. */
  private static final List<Sign> OTHERS =
      List.of(
          new Sign(
              name ->
                  name.contains("lora_down")
                      || name.contains("lora_A.")
                      || name.contains(".lora.down.")
                      || name.contains("_lora.down.")
                      || name.contains(".hada_w1")
                      || name.contains(".lokr_w")
                      || name.matches("(unet|text_encoder):\\d+:(up|down)"),
              "is a LoRA, not a checkpoint; name it in the prompt as <lora:name:1> or open it with"
                  + " LoraAdapter.open"),
          new Sign(name -> name.startsWith("conditioner.embedders."), "is for SDXL" + ONLY_SD1),
          new Sign(name -> name.startsWith("cond_stage_model.model."), "is for SD 2.x" + ONLY_SD1),
          new Sign(
              name -> name.contains("double_blocks.") || name.contains("joint_blocks."),
              "is for a transformer model such as FLUX or SD 3" + ONLY_SD1),
          new Sign(
              name -> name.equals("emb_params") || name.startsWith("string_to_param"),
              "is a textual inversion embedding, not a checkpoint"),
          new Sign(
              name -> name.startsWith("control_model.") || name.startsWith("controlnet_"),
              "is a ControlNet, not a checkpoint"));

  private FileKind() {}

  /**
   * Makes sure that a file has all three networks of an SD 1.x checkpoint.
   *
   * @throws CheckpointException if not; the message says what the file seems to be
   */
  static void requireSd1(TensorFile file) {
    Set<String> names = file.tensors().keySet();
    for (Sign sign : OTHERS) {
      if (names.stream().anyMatch(sign.of)) {
        throw new CheckpointException("'" + file.path() + "' " + sign.message);
      }
    }
    boolean unet = has(names, LdmNames.UNET);
    boolean vae = has(names, LdmNames.VAE);
    boolean clip = has(names, LdmNames.CLIP);
    if (!unet && !vae && !clip) {
      throw new CheckpointException(
          "'%s' is not a Stable Diffusion checkpoint: none of its %d tensors begins with '%s'; the"
                  .formatted(file.path(), names.size(), LdmNames.UNET)
              + " first is "
              + names.stream().findFirst().map(name -> "'" + name + "'").orElse("missing"));
    }
    require(file, unet, "U-Net", LdmNames.UNET);
    require(file, vae, "VAE", LdmNames.VAE);
    require(file, clip, "text encoder", LdmNames.CLIP);
  }

  private static boolean has(Set<String> names, String prefix) {
    return names.stream().anyMatch(name -> name.startsWith(prefix));
  }

  private static void require(TensorFile file, boolean present, String network, String prefix) {
    if (!present) {
      throw new CheckpointException(
          "checkpoint '%s' has no %s: no tensor begins with '%s'"
              .formatted(file.path(), network, prefix));
    }
  }

  private record Sign(Predicate<String> of, String message) {}
}
