package dev.sdlora.cli.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.api.prompt.PromptExplanation.Encoded;
import dev.sdlora.api.prompt.PromptExplanation.Part;
import dev.sdlora.api.prompt.PromptExplanation.Piece;
import dev.sdlora.api.prompt.PromptExplanation.Token;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.cli.console.OptionWords;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An explained prompt as JSON and as text. */
public final class PromptView {
  private PromptView() {}

  public static ObjectNode toJson(PromptExplanation explanation) {
    ObjectNode json = Json.object();
    json.put("prompt", explanation.prompt());
    json.put("text", explanation.text());
    ObjectNode networks = json.putObject("networks");
    for (PromptNode network : explanation.networks()) {
      ObjectNode tag = networks.withArrayProperty(network.tagName()).addObject();
      tag.set("positional", Json.tree(positional(network)));
      tag.set("named", Json.tree(named(network)));
    }
    json.set("attention", pieces(explanation.attention()));
    ArrayNode parts = json.putArray("and");
    explanation.parts().forEach(part -> parts.addArray().add(part.text()).add(part.weight()));
    json.set("schedule", schedules(explanation, Part::schedule));
    if (!explanation.parts().get(0).hires().isEmpty()) {
      json.set("hires", schedules(explanation, Part::hires));
    }
    json.set("tokens", Json.tree(explanation.texts().get(0).chunks()));
    if (explanation.texts().size() > 1) {
      ArrayNode texts = json.putArray("texts");
      for (Encoded text : explanation.texts()) {
        ObjectNode encoded = texts.addObject().put("text", text.text());
        encoded.set("attention", pieces(text.attention()));
        encoded.set("tokens", Json.tree(text.chunks()));
      }
    }
    json.set("warnings", Json.tree(OptionWords.in(explanation.warnings())));
    return json;
  }

  private static boolean isNamed(String argument) {
    int equals = argument.indexOf('=');
    return equals >= 0 && equals == argument.lastIndexOf('=');
  }

  private static List<String> positional(PromptNode tag) {
    return tag.tagArguments().stream().filter(argument -> !isNamed(argument)).toList();
  }

  private static Map<String, String> named(PromptNode tag) {
    Map<String, String> named = new LinkedHashMap<>();
    for (String argument : tag.tagArguments()) {
      if (isNamed(argument)) {
        int equals = argument.indexOf('=');
        named.put(argument.substring(0, equals), argument.substring(equals + 1));
      }
    }
    return named;
  }

  private static ArrayNode pieces(List<Piece> pieces) {
    ArrayNode array = Json.array();
    pieces.forEach(piece -> array.addArray().add(piece.text()).add(piece.weight()));
    return array;
  }

  private static ArrayNode schedules(
      PromptExplanation explanation, Function<Part, Map<Integer, String>> which) {
    ArrayNode parts = Json.array();
    for (Part part : explanation.parts()) {
      ArrayNode entries = parts.addArray();
      which.apply(part).forEach((lastStep, text) -> entries.addArray().add(lastStep).add(text));
    }
    return parts;
  }

  public static ObjectNode toJson(String prompt, PromptSyntaxException mistake) {
    return Json.object()
        .put("prompt", prompt)
        .put("error", OptionWords.in(String.valueOf(mistake.getMessage())))
        .put("offset", mistake.offset());
  }

  public static void print(PromptExplanation explanation, PrintWriter out) {
    Prompt.parse(explanation.prompt()).parts().forEach(part -> printTree(part.nodes(), "", out));
    out.println("text: " + explanation.text());
    for (PromptNode network : explanation.networks()) {
      out.println(
          "network: " + network.tagName() + " " + positional(network) + " " + named(network));
    }
    for (Part part : explanation.parts()) {
      out.println("part " + part.weight() + ": " + part.text());
      printSchedule("step", part.schedule(), out);
      printSchedule("hires step", part.hires(), out);
    }
    for (Encoded text : explanation.texts()) {
      out.println("encoded: " + text.text());
      for (Piece piece : text.attention()) {
        out.println("  attention " + piece.weight() + ": " + piece.text());
      }
      for (List<Token> chunk : text.chunks()) {
        out.println("  chunk: " + line(chunk));
      }
    }
    OptionWords.in(explanation.warnings()).forEach(warning -> out.println("warning: " + warning));
    out.println();
  }

  private static void printTree(List<PromptNode> nodes, String indent, PrintWriter out) {
    for (PromptNode node : nodes) {
      String written = node.toString().replace("\n", "\\n");
      out.println(
          indent
              + name(node.kind())
              + " "
              + node.span().start()
              + "-"
              + node.span().end()
              + ": "
              + written);
      printTree(node.children(), indent + "  ", out);
    }
  }

  /** Such as {@code PartWeight}. */
  private static String name(PromptNode.Kind kind) {
    return Stream.of(kind.name().split("_"))
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }

  private static void printSchedule(String unit, Map<Integer, String> schedule, PrintWriter out) {
    int from = 1;
    for (Map.Entry<Integer, String> entry : schedule.entrySet()) {
      out.println("  " + unit + " " + from + "-" + entry.getKey() + ": " + entry.getValue());
      from = entry.getKey() + 1;
    }
  }

  /** The tokens up to the end mark, which is repeated to fill the chunk. */
  private static String line(List<Token> chunk) {
    int end = chunk.size();
    while (end > 1 && chunk.get(end - 1).equals(chunk.get(end - 2))) {
      end--;
    }
    return chunk.subList(0, end).stream()
        .map(token -> token.text().strip() + "=" + token.id() + weight(token.weight()))
        .collect(Collectors.joining(" "));
  }

  private static String weight(double weight) {
    return weight == 1 ? "" : "*" + (float) weight;
  }
}
