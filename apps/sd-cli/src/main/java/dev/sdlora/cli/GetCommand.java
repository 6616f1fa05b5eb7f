package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.report.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd get}: downloads published files. */
@Command(
    name = "get",
    customSynopsis = "sd get [OPTIONS] REF...",
    description = {
      "Download models and LoRAs once, and print their paths.",
      "",
      "REF is one of:",
      "  hf:OWNER/REPO[@REVISION]/FILE        a file on Hugging Face",
      "  hf:OWNER/REPO[@REVISION][#VARIANT]   a diffusers folder, optionally its #fp16 variant",
      "  civitai:VERSION                      a file on Civitai, with its notes",
      "  civitai:model:MODEL                  the newest version of a Civitai model",
      "  civitai:hash:HEX                     a Civitai file by AutoV2 or another hash",
      "  https:...#sha256=HEX                 any URL",
      "  s3://BUCKET/KEY#sha256=HEX           a file in S3 (needs sd-s3)",
      "",
      "Files from Hugging Face go to its own cache, which Python tools share. Tokens come from"
          + " HF_TOKEN or 'hf auth login', and from CIVITAI_TOKEN.",
      "",
      "Examples:",
      "  sd get hf:stable-diffusion-v1-5/stable-diffusion-v1-5#fp16",
      "  sd get civitai:16576 -o loras"
    })
@Heading("Files")
final class GetCommand implements Runnable {
  @Parameters(arity = "1..*", paramLabel = "REF", description = "Reference of a file or folder.")
  private List<String> references = List.of();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description =
          "Folder for the files; created if missing. A part of a model in a folder of ComfyUI's,"
              + " such as split_files/vae, goes to its subfolder vae. Default: the Hugging Face"
              + " cache, or ~/.cache/sd-lora/models.")
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--offline",
      description = "Work offline, use only local files. Default: the value of HF_HUB_OFFLINE.")
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
