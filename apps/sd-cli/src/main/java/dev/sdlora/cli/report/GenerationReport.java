package dev.sdlora.cli.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.cli.console.OptionWords;
import dev.sdlora.cli.console.PeakMemory;
import java.util.List;
import java.util.Locale;

/**
 * The output of {@code sd generate --json}; {@code files}, {@code seeds} and so on are parallel
 * lists.
 */
public record GenerationReport(
    GenerationResult result, List<ImageWriter.Saved> images, Seconds seconds) {

  /** The time taken to open the checkpoint, load its weights and generate. */
  public record Seconds(double open, double load, double generate) {}

  public ObjectNode toJson() {
    ObjectNode json = Json.object();
    ArrayNode paths = json.putArray("files");
    ArrayNode seeds = json.putArray("seeds");
    ImageWriter.Saved first = images.get(0);
    json.put("precision", result.precision().name().toLowerCase(Locale.ROOT));
    json.put("size", first.width() + "x" + first.height());
    ArrayNode loras = json.putArray("loras");
    json.set("warnings", Json.tree(OptionWords.in(result.warnings())));
    ArrayNode parameters = json.putArray("parameters");
    for (ImageWriter.Saved image : images) {
      paths.add(image.file().toString());
      seeds.add(image.seed());
      parameters.add(image.parameters());
    }
    result.loras().forEach(lora -> loras.add(toJson(lora)));
    result.vae().ifPresent(vae -> json.put("vae", vae));
    json.set("seconds", Json.tree(seconds));
    PeakMemory.residentBytes().ifPresent(bytes -> json.put("peakResidentBytes", bytes));
    return json;
  }

  private static ObjectNode toJson(LoraReport lora) {
    ObjectNode json = Json.object();
    json.put("name", lora.name());
    json.put("path", lora.path().toString());
    json.put("hash", lora.hash());
    json.put("textEncoderStrength", lora.textEncoderStrength());
    json.put("unetStrength", lora.unetStrength());
    json.put("strength", lora.strength().tagArguments());
    json.put("mode", lora.mode().name().toLowerCase(Locale.ROOT));
    json.put("matched", lora.matched());
    json.put("modules", lora.modules());
    json.set("unmatched", Json.tree(lora.unmatched()));
    json.set("repeated", Json.tree(lora.repeated()));
    return json;
  }
}
