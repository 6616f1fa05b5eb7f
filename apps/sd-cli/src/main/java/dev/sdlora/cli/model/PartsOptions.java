package dev.sdlora.cli.model;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that select the files and tensors of a model. */
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
          "VAE: a file, a folder in diffusers layout, or none for the checkpoint's own. Default:"
              + " auto, a .vae.safetensors, .vae.pt or .vae.ckpt next to the checkpoint under its"
              + " name, else its own.")
  private String vae = AUTO;

  @Option(
      names = "--text-encoder",
      paramLabel = "FILE",
      description =
          "Text encoder that replaces the checkpoint's (first) one. Default: the checkpoint's own;"
              + " for a transformer alone, the usual file in text_encoders next to its folder"
              + " diffusion_models, as the VAE in vae.")
  private Optional<String> textEncoder = Optional.empty();

  @Option(
      names = "--text-encoder-2",
      paramLabel = "FILE",
      description = "Text encoder that replaces the second one of SDXL, FLUX.1 or SD 3.x.")
  private Optional<String> textEncoder2 = Optional.empty();

  @Option(
      names = "--text-encoder-3",
      paramLabel = "FILE",
      description = "Text encoder that replaces the third one of SD 3.x, T5-XXL.")
  private Optional<String> textEncoder3 = Optional.empty();

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description =
          "Weight variant of a diffusers folder, such as fp16. Default: full precision if"
              + " available, else fp16.")
  private Optional<String> variant = Optional.empty();

  @Option(
      names = "--ema",
      description = "Use the averaged (EMA) weights of a file that has both kinds.")
  private boolean ema;

  @Option(
      names = "--distilled",
      negatable = true,
      description =
          "Treat a FLUX.2 or Z-Image checkpoint as distilled to few steps, or with --no-distilled"
              + " as a base model. Default: judged by settings, metadata and the file's name.")
  private Optional<Boolean> distilled = Optional.empty();

  /**
   * Returns the chosen parts.
   *
   * @param ofImage the VAE that an image was made with, which takes precedence over one next to the
   *     checkpoint
   */
  CheckpointParts parts(Optional<Path> ofImage, Console console) {
    CheckpointParts.Builder parts = CheckpointParts.builder().ema(ema);
    switch (vae) {
      case AUTO -> {
        parts.vaeBeside(true);
        ofImage.ifPresent(parts::vae);
      }
      case NONE -> parts.vaeBeside(false);
      default -> parts.vae(PublishedFile.path(vae, console));
    }
    PublishedFile.path(textEncoder, console).ifPresent(parts::textEncoder);
    PublishedFile.path(textEncoder2, console).ifPresent(parts::textEncoder2);
    PublishedFile.path(textEncoder3, console).ifPresent(parts::textEncoder3);
    distilled.ifPresent(parts::distilled);
    OptionValue.set("--variant", variant, parts::variant);
    return parts.build();
  }
}
