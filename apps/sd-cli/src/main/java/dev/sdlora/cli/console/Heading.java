package dev.sdlora.cli.console;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The heading above the options of a class in the help. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Heading {
  /** Stands for all options of the class. */
  String ALL = "*";

  /** The heading, such as {@code Output}. */
  String value();

  /**
   * The options that {@code --help} lists; {@code --help-all} lists all. Defaults to {@link #ALL}.
   */
  String[] basic() default ALL;
}
