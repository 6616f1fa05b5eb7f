package dev.sdlora.cli.lora;

import dev.sdlora.api.make.LoraConversion;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.cli.model.LoraFolders;
import dev.sdlora.cli.model.PublishedFile;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd lora convert}: renames the tensors of a LoRA for another program. */
@Command(name = "convert", description = "Rename the tensors of a LoRA to another convention.")
final class LoraConvertCommand implements Runnable {
  private enum Names {
    KOHYA,
    PEFT
  }

  @Parameters(paramLabel = "LORA", description = LoraFolders.HELP)
  private String lora = "";

  @Mixin private final LoraFolders folders = new LoraFolders();

  @Option(
      names = "--to",
      required = true,
      paramLabel = "kohya|peft",
      description =
          "Naming convention: kohya for A1111, ComfyUI and most sites, peft for diffusers.")
  private Names names = Names.KOHYA;

  @Option(
      names = "--checkpoint",
      paramLabel = "PATH",
      description = "Model of the LoRA, if its blocks differ from those of the published models.")
  private Optional<String> checkpoint = Optional.empty();

  @Option(
      names = "--scale-in-factors",
      description =
          "Multiply the factors by alpha / rank, for programs that ignore alpha in PEFT settings.")
  private boolean scaleInFactors;

  @Mixin private final MakingOptions making = new MakingOptions();

  @Override
  public void run() {
    Path file = folders.open(lora, making.console()).path();
    LoraConversion conversion =
        names == Names.KOHYA ? LoraConversion.toKohya(file) : LoraConversion.toPeft(file);
    conversion.scaleInFactors(scaleInFactors);
    PublishedFile.path(checkpoint, making.console())
        .or(() -> BundledModel.baseOf(file))
        .ifPresent(conversion::checkpoint);
    making.lora(listener -> conversion.listener(listener).write(making.out()));
  }
}
