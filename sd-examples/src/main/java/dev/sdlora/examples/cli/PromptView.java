package dev.sdlora.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptExplanation;
import dev.sdlora.api.PromptExplanation.Network;
import dev.sdlora.api.PromptExplanation.Piece;
import dev.sdlora.api.PromptExplanation.Token;
import dev.sdlora.api.PromptSyntaxException;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/** An explained prompt as JSON and as text. */
final class PromptView {
  private PromptView() {}

  static ObjectNode toJson(PromptExplanation explanation) {
    ObjectNode json = Json.object();
    json.put("prompt", explanation.prompt());
    json.put("text", explanation.text());
    ObjectNode networks = json.putObject("networks");
    for (Network network : explanation.networks()) {
      ObjectNode tag = networks.withArrayProperty(network.kind()).addObject();
      tag.set("positional", Json.tree(network.positional()));
      tag.set("named", Json.tree(network.named()));
    }
    ArrayNode attention = json.putArray("attention");
    for (Piece piece : explanation.attention()) {
      attention.addArray().add(piece.text()).add(piece.weight());
    }
    json.set("tokens", Json.tree(explanation.chunks()));
    return json;
  }

  static ObjectNode toJson(String prompt, PromptSyntaxException mistake) {
    return Json.object()
        .put("prompt", prompt)
        .put("error", mistake.getMessage())
        .put("offset", mistake.offset());
  }

  static void print(PromptExplanation explanation, PrintWriter out) {
    out.println("text: " + explanation.text());
    for (Network network : explanation.networks()) {
      out.println(
          "network: " + network.kind() + " " + network.positional() + " " + network.named());
    }
    for (Piece piece : explanation.attention()) {
      out.println("attention " + piece.weight() + ": " + piece.text());
    }
    for (List<Token> chunk : explanation.chunks()) {
      out.println(
          "tokens: " + chunk.stream().map(PromptView::text).collect(Collectors.joining(" ")));
    }
    out.println();
  }

  private static String text(Token token) {
    return token.text().strip() + "=" + token.id();
  }
}
