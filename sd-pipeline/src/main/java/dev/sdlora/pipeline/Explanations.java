package dev.sdlora.pipeline;

import dev.sdlora.api.PromptExplanation;
import dev.sdlora.api.PromptExplanation.Network;
import dev.sdlora.api.PromptExplanation.Piece;
import dev.sdlora.api.PromptExplanation.Token;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.grammar.ExtraNetwork;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.LoraTag;
import dev.sdlora.prompt.grammar.WeightedText;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.prompt.tokens.TokenChunk;
import java.util.ArrayList;
import java.util.List;

/** Shows how a prompt is understood, by the same steps that a generation takes. */
final class Explanations {
  private Explanations() {}

  static PromptExplanation of(String prompt) {
    ExtraNetworks networks = ExtraNetworks.cut(prompt);
    networks.networks().forEach(LoraTag::of);
    List<WeightedText> pieces = Attention.parse(networks.text());
    return new PromptExplanation(
        prompt,
        networks.text(),
        networks.networks().stream().map(Explanations::network).toList(),
        pieces.stream().map(piece -> new Piece(piece.text(), piece.weight())).toList(),
        Chunks.of(pieces, ClipTokenizer.standard()).stream().map(Explanations::tokens).toList());
  }

  private static Network network(ExtraNetwork network) {
    return new Network(network.kind(), network.positional(), network.named());
  }

  private static List<Token> tokens(TokenChunk chunk) {
    int[] ids = chunk.ids();
    float[] weights = chunk.weights();
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      tokens.add(new Token(ids[i], ClipTokenizer.standard().decode(ids[i]), weights[i]));
    }
    return tokens;
  }
}
