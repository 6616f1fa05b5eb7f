package dev.sdlora.cli;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.Upscaling;
import dev.sdlora.api.image.VaeTiling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of what happens in and beside the networks. */
@Heading(
    value = "ControlNets, edges and upscalers",
    basic = {"--control"})
final class NetworkOptions {
  @Option(
      names = "--control",
      paramLabel = "NETWORK,PICTURE[,WEIGHT[,START,END]]",
      description =
          "Follow a picture of edges, depth, poses and so on by a ControlNet or T2I-Adapter for the"
              + " checkpoint's family; repeatable. WEIGHT is 0 to 2, START and END are shares of"
              + " the steps. Default: 1,0,1.")
  private List<ControlArgument> controls = new ArrayList<>();

  @Option(
      names = "--tiling",
      paramLabel = "none|x|y|both",
      description = "Which edges continue at the opposite edge. Default: none.")
  private Optional<Tiling> tiling = Optional.empty();

  @Option(
      names = "--vae-tiling",
      paramLabel = "auto|on|off",
      description =
          "Whether the VAE works in strips, which takes less memory. Default: auto, for large"
              + " pictures.")
  private Optional<VaeTiling> vaeTiling = Optional.empty();

  @Option(
      names = "--final-decoder",
      paramLabel = "vae|taesd",
      description =
          "What turns the last latent into the picture; TAESD, of --preview-decoder, is much"
              + " faster. Default: vae.")
  private Optional<FinalDecoder> finalDecoder = Optional.empty();

  @Option(
      names = "--upscaler",
      paramLabel = "NAME|FILE",
      description =
          "What enlarges finished pictures: Lanczos, Nearest, a .pth or .safetensors file of the"
              + " ESRGAN family, or the name of one in --upscaler-dir.")
  private Optional<String> upscaler = Optional.empty();

  @Option(
      names = "--upscale",
      paramLabel = "1..8",
      description = "How much --upscaler enlarges. Default: 2.")
  private Optional<Double> scale = Optional.empty();

  /** Adds what is given. */
  void applyTo(PromptSpec.Builder spec, Console console) {
    controls.forEach(control -> spec.controlUnit(control.unit(console)));
    tiling.ifPresent(spec::tiling);
    vaeTiling.ifPresent(spec::vaeTiling);
    if (finalDecoder.filter(decoder -> decoder == FinalDecoder.TAESD).isPresent()) {
      console.requireBeside("--preview-decoder FILE", "--final-decoder");
    }
    finalDecoder.ifPresent(spec::finalDecoder);
    if (upscaler.isPresent() || scale.isPresent()) {
      Upscaler chosen = upscaler.map(NetworkOptions::find).orElse(Upscaler.LANCZOS);
      OptionValue.set(
          "--upscale",
          Optional.of(scale.orElse(2.0)),
          s -> spec.upscaling(new Upscaling(chosen, s)));
    }
  }

  private static Upscaler find(String nameOrFile) {
    Path file = Path.of(nameOrFile);
    return Files.isRegularFile(file) ? Upscaler.of(file) : Upscaler.named(nameOrFile);
  }
}
