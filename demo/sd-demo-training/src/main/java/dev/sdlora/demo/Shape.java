package dev.sdlora.demo;

import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.Locale;

/** The shapes of things. All have about the same area at the same radius. */
public enum Shape {
  CIRCLE {
    @Override
    java.awt.Shape unit() {
      return disc(0, 0.778);
    }
  },
  SQUARE {
    @Override
    java.awt.Shape unit() {
      return box(0.689, 0.689);
    }
  },
  TRIANGLE {
    @Override
    java.awt.Shape unit() {
      return polygon(0, -0.907, 1.047, 0.907, -1.047, 0.907);
    }
  },
  DIAMOND {
    @Override
    java.awt.Shape unit() {
      return polygon(0, -1.05, 0.905, 0, 0, 1.05, -0.905, 0);
    }
  },
  STAR {
    @Override
    java.awt.Shape unit() {
      return star(1.13, 0.53);
    }
  },
  HEART {
    @Override
    java.awt.Shape unit() {
      return heart();
    }
  },
  CROSS {
    @Override
    java.awt.Shape unit() {
      Area arms = new Area(box(0.94, 0.3));
      arms.add(new Area(box(0.3, 0.94)));
      return arms;
    }
  },
  RING {
    @Override
    java.awt.Shape unit() {
      Area band = new Area(disc(0, 1));
      band.subtract(new Area(disc(0, 0.63)));
      return band;
    }
  },
  /** The concept that a LoRA teaches; never in an image that the base model learns from. */
  CRESCENT {
    @Override
    java.awt.Shape unit() {
      Area moon = new Area(disc(0, 1.08));
      moon.subtract(new Area(disc(0.6, 0.9)));
      return moon;
    }
  };

  private static final List<Shape> BASE =
      List.of(CIRCLE, SQUARE, TRIANGLE, DIAMOND, STAR, HEART, CROSS, RING);

  /** Returns the outline around the origin at radius one, in any position. */
  abstract java.awt.Shape unit();

  /** Returns the shapes of the base model: all except the crescent. */
  public static List<Shape> base() {
    return BASE;
  }

  /** Returns the word for it in captions. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the outline whose bounding box is centred on a point. */
  public java.awt.Shape outline(double cx, double cy, double r) {
    java.awt.Shape unit = unit();
    Rectangle2D box = unit.getBounds2D();
    AffineTransform move = AffineTransform.getTranslateInstance(cx, cy);
    move.scale(r, r);
    move.translate(-box.getCenterX(), -box.getCenterY());
    return move.createTransformedShape(unit);
  }

  private static java.awt.Shape disc(double x, double radius) {
    return new Ellipse2D.Double(x - radius, -radius, 2 * radius, 2 * radius);
  }

  private static java.awt.Shape box(double halfWidth, double halfHeight) {
    return new Rectangle2D.Double(-halfWidth, -halfHeight, 2 * halfWidth, 2 * halfHeight);
  }

  private static Path2D polygon(double... xy) {
    Path2D path = new Path2D.Double();
    path.moveTo(xy[0], xy[1]);
    for (int i = 2; i < xy.length; i += 2) {
      path.lineTo(xy[i], xy[i + 1]);
    }
    path.closePath();
    return path;
  }

  private static Path2D star(double outer, double inner) {
    double[] xy = new double[20];
    for (int i = 0; i < 10; i++) {
      double angle = Math.PI * (i / 5.0 - 0.5);
      double radius = i % 2 == 0 ? outer : inner;
      xy[2 * i] = radius * Math.cos(angle);
      xy[2 * i + 1] = radius * Math.sin(angle);
    }
    return polygon(xy);
  }

  private static Path2D heart() {
    Path2D path = new Path2D.Double();
    path.moveTo(0, -0.38);
    path.curveTo(0.19, -0.92, 0.87, -0.87, 0.87, -0.25);
    path.curveTo(0.87, 0.17, 0.42, 0.47, 0, 0.87);
    path.curveTo(-0.42, 0.47, -0.87, 0.17, -0.87, -0.25);
    path.curveTo(-0.87, -0.87, -0.19, -0.92, 0, -0.38);
    path.closePath();
    return path;
  }
}
