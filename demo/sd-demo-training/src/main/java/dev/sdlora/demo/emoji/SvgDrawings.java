package dev.sdlora.demo.emoji;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Drawings of an SVG set in Iconify's JSON, by icon name. */
final class SvgDrawings implements Drawings {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode set;
  private final Map<String, SVGDocument> documents = new HashMap<>();

  private SvgDrawings(JsonNode set) {
    this.set = set;
  }

  /** Reads a set, the content of a package's {@code icons.json}. */
  static SvgDrawings of(byte[] json) throws IOException {
    return new SvgDrawings(JSON.readTree(json));
  }

  @Override
  public boolean has(Noun noun) {
    return !icon(noun).path("body").asText().isEmpty();
  }

  @Override
  public BufferedImage draw(Noun noun, int side) {
    SVGDocument document = documents.computeIfAbsent(noun.icon(), icon -> parse(noun));
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      // Line art has the current text colour, which is white unless the graphics sets one.
      graphics.setColor(Color.BLACK);
      document.render(null, graphics, new ViewBox(side, side));
    } finally {
      graphics.dispose();
    }
    return image;
  }

  private JsonNode icon(Noun noun) {
    JsonNode icon = set.path("icons").path(noun.icon());
    if (icon.isMissingNode()) {
      String parent = set.path("aliases").path(noun.icon()).path("parent").asText();
      icon = set.path("icons").path(parent);
    }
    return icon;
  }

  private SVGDocument parse(Noun noun) {
    if (!has(noun)) {
      throw new IllegalArgumentException("the set has no drawing named " + noun.icon());
    }
    JsonNode icon = icon(noun);
    // A few icons are larger than the set's default.
    int width = icon.path("width").asInt(set.path("width").asInt(16));
    int height = icon.path("height").asInt(set.path("height").asInt(width));
    String svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
            + (width + " " + height + "\">" + icon.path("body").asText() + "</svg>");
    SVGDocument document =
        new SVGLoader()
            .load(
                new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)),
                null,
                LoaderContext.createDefault());
    if (document == null) {
      throw new IllegalArgumentException("the drawing named " + noun.icon() + " is not valid SVG");
    }
    return document;
  }
}
