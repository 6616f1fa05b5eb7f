/**
 * The settings of a training, defined once: {@link TrainingSettings#TRAINING} lists them with their
 * ranges, defaults and meanings. The builder keeps their values in a draft; the command line, the
 * server and the documentation iterate over them. A new setting is a row here and a setter of the
 * builder, or a component of its record of options. For this project's modules only.
 */
@NullMarked
package dev.sdlora.training.setting;

import org.jspecify.annotations.NullMarked;
