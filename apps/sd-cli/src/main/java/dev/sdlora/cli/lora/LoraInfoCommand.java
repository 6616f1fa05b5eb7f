package dev.sdlora.cli.lora;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.model.LoraArguments;
import dev.sdlora.cli.report.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sd lora info}: describes LoRAs. */
@Command(name = "info", description = "Describe LoRAs. With --json, prints one object per line.")
final class LoraInfoCommand implements Runnable {
  @Mixin private final Console console = new Console();
  @Mixin private final LoraArguments loras = new LoraArguments();

  @Option(names = "--modules", description = "List all modules; JSON always includes them.")
  private boolean modules;

  @Override
  public void run() {
    for (LoraAdapter lora : loras.open(console)) {
      LoraInfo info = new LoraInfo(lora, lora.details(), lora.sha256(), lora.autoV3());
      if (console.json()) {
        console.out().println(Json.line(info.toJson()));
      } else {
        info.print(console.out(), modules);
      }
    }
  }
}
