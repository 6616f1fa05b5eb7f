package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd get}: files from where they are published. */
@Command(
    name = "get",
    customSynopsis = "sd get [OPTIONS] REF...",
    description = {
      "Get models and LoRAs, once, and say where they are.",
      "",
      "REF is one of",
      "  hf:OWNER/REPO[@REVISION]/FILE        a file of Hugging Face",
      "  hf:OWNER/REPO[@REVISION][#VARIANT]   a diffusers folder, perhaps its #fp16",
      "  civitai:VERSION                      a file of Civitai, with its notes",
      "  civitai:model:MODEL                  the same of the newest version of a model",
      "  civitai:hash:HEX                     the same by AutoV2 or another hash",
      "  https:...#sha256=HEX                 any address",
      "",
      "Files of Hugging Face lie in its own cache, where Python tools find them. Tokens are taken"
          + " from HF_TOKEN or 'hf auth login', and from CIVITAI_TOKEN.",
      "",
      "Examples:",
      "  sd get hf:stable-diffusion-v1-5/stable-diffusion-v1-5#fp16",
      "  sd get civitai:16576 -o loras"
    })
@Heading("What to get")
final class GetCommand implements Runnable {
  @Parameters(arity = "1..*", paramLabel = "REF", description = "What to get.")
  private List<String> references = List.of();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description =
          "Folder to put it into; made if there is none. Default: the cache of Hugging Face, or"
              + " ~/.cache/sd-lora/models.")
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--offline",
      description = "Ask nobody, only find what is here. Default: as HF_HUB_OFFLINE says.")
  private boolean offline;

  @Mixin private final Console console = new Console();

  @Override
  public void run() {
    for (String reference : references) {
      Path file = PublishedFile.get(reference, out, offline, console);
      if (console.json()) {
        ObjectNode json = Json.object();
        json.put("reference", reference);
        json.put("file", file.toString());
        console.out().println(Json.line(json));
      } else {
        console.out().println(file);
      }
    }
  }
}
