package dev.sdlora.cli.option;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.model.ControlArgument;
import dev.sdlora.cli.model.ImagePromptArgument;
import dev.sdlora.cli.model.PublishedFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options for ControlNet, image prompts, tiling, decoding and upscaling. */
@Heading(
    value = "ControlNet, tiling and upscaling",
    basic = {"--control"})
final class NetworkOptions {
  @Option(
      names = "--control",
      paramLabel = "NETWORK[:union=TYPE],[PREPROCESSOR:]IMAGE[,WEIGHT[,START,END]]",
      description =
          "Guide the image with a ControlNet or T2I-Adapter and a control image (edges, depth, pose"
              + " and so on), or any image from which PREPROCESSOR makes one: canny,"
              + " softedge_gradient, lineart_standard, scribble_xdog, invert, threshold, grey,"
              + " recolor_luminance, recolor_intensity, tile_resample, blur_gaussian or"
              + " t2ia_color_grid, as NAME[=NUMBER[/NUMBER]][@RESOLUTION], such as"
              + " canny=50/150:photo.png; repeatable. TYPE is the type of the"
              + " image for a ControlNet Union, if the preprocessor does not show it: openpose,"
              + " depth, softedge, canny, normal, segment, tile or inpaint. WEIGHT is 0 to 2, START"
              + " and END are fractions of the steps. Default: 1,0,1.")
  private List<ControlArgument> controls = new ArrayList<>();

  @Option(
      names = "--ip-adapter",
      paramLabel = "FILE",
      description =
          "IP-Adapter for --image-prompt; repeatable, the second one for the second image and so"
              + " on.")
  private List<String> adapters = new ArrayList<>();

  @Option(
      names = "--image-prompt",
      paramLabel = ImagePromptArgument.LABEL,
      description =
          "Image that the model reads next to the text, with --ip-adapter; repeatable. WEIGHT is 0"
              + " to 3, START and END are fractions of the steps; TYPE is linear, style transfer,"
              + " composition and so on; SCALING is V only, K+V and so on, of ComfyUI's IPAdapter"
              + " Plus; REGION is a --region on which the image acts. Default: 1,0,1:linear:scaling=V"
              + " only on the whole image.")
  private List<String> prompts = new ArrayList<>();

  @Option(
      names = "--upscaler",
      paramLabel = "NAME|FILE",
      description =
          "Upscaler for finished images: Lanczos, Nearest, a .pth or .safetensors file of the"
              + " ESRGAN family, or a name in --upscaler-dir.")
  private Optional<String> upscaler = Optional.empty();

  @Option(
      names = "--upscale",
      paramLabel = "1..8",
      description = "Scale factor of --upscaler. Default: 2.")
  private Optional<Double> scale = Optional.empty();

  private final SettingOptions<PromptSpec, PromptSpec.Builder> decoding =
      SettingOptions.of(Settings.SPEC, "tiling", "vaeTiling", "finalDecoder");

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    decoding.addTo(command, NetworkOptions.class);
  }

  /** Applies the given options. */
  void applyTo(PromptSpec.Builder spec, Console console) {
    controls.forEach(control -> spec.controlUnit(control.unit(console)));
    if (!prompts.isEmpty()) {
      console.requireBeside("--ip-adapter FILE", "--image-prompt");
    }
    for (int i = 0; i < prompts.size(); i++) {
      String adapter = adapters.get(Math.min(i, adapters.size() - 1));
      OptionValue.set(
          "--image-prompt",
          Optional.of(prompts.get(i)),
          text ->
              spec.imagePrompt(
                  ImagePromptArgument.parse(text)
                      .prompt(PublishedFile.path(adapter, console), spec.masks())));
    }
    decoding.set(spec);
    if (spec.finalDecoder() == FinalDecoder.TAESD) {
      console.requireBeside("--preview-decoder FILE", "--final-decoder");
    }
    if (upscaler.isPresent() || scale.isPresent()) {
      Upscaler chosen = upscaler.map(NetworkOptions::find).orElse(Upscaler.LANCZOS);
      OptionValue.set("--upscale", Optional.of(scale.orElse(2.0)), s -> spec.upscaling(chosen, s));
    }
  }

  private static Upscaler find(String nameOrFile) {
    Path file = Path.of(nameOrFile);
    return Files.isRegularFile(file) ? Upscaler.of(file) : Upscaler.named(nameOrFile);
  }
}
