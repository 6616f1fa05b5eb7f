package dev.sdlora.examples;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.LoraConversion;
import dev.sdlora.api.make.LoraExtraction;
import dev.sdlora.api.make.LoraMerging;
import dev.sdlora.api.make.LoraResizing;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;
import java.util.List;

/** Makes LoRAs from LoRAs and from checkpoints, and merges a LoRA into a checkpoint. */
public final class MakeLoras {
  private MakeLoras() {}

  /** Writes {@code made-*.safetensors}. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    Path checkpoint = DemoModel.checkpoint();
    LoraAdapter ink = LoraAdapter.open(DemoModel.loras().resolve("ink_lines.safetensors"));
    LoraAdapter night = LoraAdapter.open(DemoModel.loras().resolve("night.safetensors"));

    Path both = folder.resolve("made-both.safetensors");
    LoraMerging.of(List.of(ink.withStrength(0.8), night.withStrength(0.5))).write(both);

    CreatedLora small =
        LoraResizing.of(both).energy(0.9, 8).write(folder.resolve("made-small.safetensors"));
    System.out.printf(
        "rank %d keeps %.0f %% of the change%n", small.rank(), 100 * small.keptEnergy());

    Path tuned = folder.resolve("made-tuned.safetensors");
    LoraBaking.into(checkpoint, List.of(LoraAdapter.open(both))).write(tuned);

    Path extracted = folder.resolve("made-extracted.safetensors");
    LoraExtraction.between(checkpoint, tuned)
        .rank(16)
        .convolutions(true)
        .listener((done, total, layer) -> System.out.printf("%d of %d%n", done, total))
        .write(extracted);

    LoraConversion.toPeft(extracted)
        .checkpoint(checkpoint) // for a model with custom blocks
        .write(folder.resolve("made-peft.safetensors"));
  }
}
