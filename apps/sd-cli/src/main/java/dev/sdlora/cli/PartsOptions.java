package dev.sdlora.cli;

import dev.sdlora.api.CheckpointParts;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say which files and tensors a model is put together from. */
@Heading(
    value = "Model and folders",
    basic = {"--vae"})
final class PartsOptions {
  private static final String AUTO = "auto";
  private static final String NONE = "none";

  @Option(
      names = "--vae",
      paramLabel = "FILE|none|auto",
      defaultValue = AUTO,
      description =
          "VAE to take in place of the checkpoint's: a file, or a folder in the diffusers layout."
              + " none: the checkpoint's own. Default: auto, a .vae.safetensors, .vae.pt or"
              + " .vae.ckpt beside the checkpoint under its name, else its own.")
  private String vae = AUTO;

  @Option(
      names = "--text-encoder",
      paramLabel = "FILE",
      description = "Text encoder to take in place of the checkpoint's (first) one.")
  private Optional<String> textEncoder = Optional.empty();

  @Option(
      names = "--text-encoder-2",
      paramLabel = "FILE",
      description = "Text encoder to take in place of the second one of SDXL.")
  private Optional<String> textEncoder2 = Optional.empty();

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description =
          "Weights of a diffusers folder to read, such as fp16. Default: full precision if it is"
              + " there, else fp16.")
  private Optional<String> variant = Optional.empty();

  @Option(names = "--ema", description = "Take averaged weights where a file has both (model_ema).")
  private boolean ema;

  /**
   * The choice.
   *
   * @param ofPicture the VAE that an image was made with, which goes before one beside the
   *     checkpoint
   */
  CheckpointParts parts(Optional<Path> ofPicture, Console console) {
    CheckpointParts.Builder parts = CheckpointParts.builder().ema(ema);
    switch (vae) {
      case AUTO -> {
        parts.vaeBeside(true);
        ofPicture.ifPresent(parts::vae);
      }
      case NONE -> parts.vaeBeside(false);
      default -> parts.vae(PublishedFile.path(vae, console));
    }
    PublishedFile.path(textEncoder, console).ifPresent(parts::textEncoder);
    PublishedFile.path(textEncoder2, console).ifPresent(parts::textEncoder2);
    OptionValue.set("--variant", variant, parts::variant);
    return parts.build();
  }
}
