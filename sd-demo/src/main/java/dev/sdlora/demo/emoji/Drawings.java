package dev.sdlora.demo.emoji;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The drawings of one style, as pictures with an alpha channel. Not safe for several threads. */
public final class Drawings {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode set;
  private final Map<String, SVGDocument> documents = new HashMap<>();

  private Drawings(JsonNode set) {
    this.set = set;
  }

  /** Reads a set from the package, which is fetched into the cache at first. */
  public static Drawings read(Path cache, Style style) throws IOException {
    return of(style.source().file(cache, "icons.json"));
  }

  /** The drawings of a set, in Iconify's format. */
  public static Drawings of(byte[] icons) throws IOException {
    return new Drawings(JSON.readTree(icons));
  }

  /** Whether the set has a noun. */
  public boolean has(Noun noun) {
    return !body(noun).isEmpty();
  }

  /** The drawing of a noun, as large as its square of pixels. */
  public BufferedImage draw(Noun noun, int side) {
    SVGDocument document = documents.computeIfAbsent(noun.icon(), icon -> parse(noun));
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      document.render(null, graphics, new ViewBox(side, side));
    } finally {
      graphics.dispose();
    }
    return image;
  }

  private String body(Noun noun) {
    JsonNode icon = set.path("icons").path(noun.icon());
    if (icon.isMissingNode()) {
      String parent = set.path("aliases").path(noun.icon()).path("parent").asText();
      icon = set.path("icons").path(parent);
    }
    return icon.path("body").asText();
  }

  private SVGDocument parse(Noun noun) {
    String body = body(noun);
    if (body.isEmpty()) {
      throw new IllegalArgumentException("the set has no drawing named " + noun.icon());
    }
    int width = set.path("width").asInt(16);
    int height = set.path("height").asInt(width);
    String svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
            + (width + " " + height + "\">" + body + "</svg>");
    SVGDocument document =
        new SVGLoader()
            .load(
                new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)),
                null,
                LoaderContext.createDefault());
    if (document == null) {
      throw new IllegalArgumentException("the drawing named " + noun.icon() + " is no SVG");
    }
    return document;
  }
}
