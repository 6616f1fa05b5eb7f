package dev.sdlora.training;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.sdlora.testkit.LibraryRules;

/** The arrows between the packages of training, and from it to those below. */
@AnalyzeClasses(packages = "dev.sdlora", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** The public API and the loop stand on the parts, never the other way. */
  @ArchTest
  static final ArchRule PARTS_DO_NOT_KNOW_THE_WHOLE =
      ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage("dev.sdlora.training.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.sdlora.training");

  @ArchTest
  static final ArchRule NOBODY_BELOW_KNOWS_OF_TRAINING =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackage("dev.sdlora.training..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.sdlora.training..");

  @ArchTest static final ArchTests LIBRARY = ArchTests.in(LibraryRules.class);
}
