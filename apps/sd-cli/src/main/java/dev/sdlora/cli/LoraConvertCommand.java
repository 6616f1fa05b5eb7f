package dev.sdlora.cli;

import dev.sdlora.api.make.KeyNames;
import dev.sdlora.api.make.LoraConversion;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd lora convert}: a LoRA with the names of another trainer. */
@Command(name = "convert", description = "Give the tensors of a LoRA the names of another style.")
final class LoraConvertCommand implements Runnable {
  @Parameters(paramLabel = "LORA", description = LoraFolders.HELP)
  private String lora = "";

  @Mixin private final LoraFolders folders = new LoraFolders();

  @Option(
      names = "--to",
      required = true,
      paramLabel = "kohya|peft",
      description = "kohya: A1111, ComfyUI and most sites; peft: diffusers.")
  private KeyNames names = KeyNames.KOHYA;

  @Option(
      names = "--checkpoint",
      paramLabel = "PATH",
      description = "Model that the LoRA is for, if its blocks are not those of a published one.")
  private Optional<String> checkpoint = Optional.empty();

  @Option(
      names = "--scale-in-factors",
      description =
          "Multiply alpha / rank into the factors, for programs that do not read it in PEFT's"
              + " settings.")
  private boolean scaleInFactors;

  @Mixin private final MakingOptions making = new MakingOptions();

  @Override
  public void run() {
    Path file = folders.open(lora, making.console()).path();
    LoraConversion conversion = LoraConversion.of(file, names).scaleInFactors(scaleInFactors);
    PublishedFile.path(checkpoint, making.console())
        .or(() -> BundledModel.baseOf(file))
        .ifPresent(conversion::checkpoint);
    making.lora(listener -> conversion.listener(listener).write(making.out()));
  }
}
